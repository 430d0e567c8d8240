import { type Type, ValidationPipe, type ValidationPipeOptions } from '@nestjs/common';
import type { ValidationError } from 'class-validator';
import { type FieldErrors, MalformedInput } from './errors.js';
import { messagesOf, rulesOf, takenFields } from './field-rules.js';

/** How input becomes its DTO, over HTTP (http/input.pipe.ts) and from the command line. */
export const VALIDATION: ValidationPipeOptions = {
  transform: true,
  whitelist: true,
  validationError: { target: true, value: true },
  exceptionFactory: (errors) => new MalformedInput(fieldErrors(errors), errors[0]?.target ?? {}),
};

const pipe = new ValidationPipe(VALIDATION);

/**
 * `input` as the DTO `type`, by the same rules as over HTTP: for services that the command line calls as well. Errors:
 * MalformedInput.
 */
export async function validated<T extends object>(type: Type<T>, input: T): Promise<T> {
  const taken = takenFields(type.prototype as object, input);
  return (await pipe.transform(taken, { type: 'body', metatype: type })) as T;
}

function fieldErrors(errors: readonly ValidationError[]): FieldErrors {
  return Object.fromEntries(errors.map((error) => [error.property, problemsOf(error)]));
}

/** The messages of a field, or by the parts of it. */
function problemsOf({ target = {}, property, value }: ValidationError): string[] | FieldErrors {
  const rule = rulesOf(Object.getPrototypeOf(target) as object).get(property);
  return messagesOf(rule?.judge(value) ?? []);
}
