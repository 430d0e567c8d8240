import { type Type, ValidationPipe, type ValidationPipeOptions } from '@nestjs/common';
import type { ValidationError } from 'class-validator';
import { type FieldErrors, InvalidInput } from './errors.js';

/** How input becomes its DTO, over HTTP (http/input.pipe.ts) and from the command line. */
export const VALIDATION: ValidationPipeOptions = {
  transform: true,
  whitelist: true,
  exceptionFactory: (errors) => new InvalidInput(fieldErrors(errors)),
};

const pipe = new ValidationPipe(VALIDATION);

/**
 * `input` as the DTO `type`, by the same rules as over HTTP: for services that the command line calls as well. Errors:
 * InvalidInput.
 */
export async function validated<T extends object>(type: Type<T>, input: T): Promise<T> {
  return (await pipe.transform({ ...input }, { type: 'body', metatype: type })) as T;
}

function fieldErrors(errors: readonly ValidationError[]): FieldErrors {
  return Object.fromEntries(errors.map((error) => [error.property, messagesOf(error)]));
}

/** The messages of a field; of a nested object by its fields, or under `non_field_errors` when it is no object at all. */
function messagesOf({ constraints = {}, children, value }: ValidationError): string[] | FieldErrors {
  const { object, ...others } = constraints;
  if (object !== undefined)
    return value === null || value === undefined ? [object] : { non_field_errors: [object] };
  return children?.length ? fieldErrors(children) : Object.values(others);
}
