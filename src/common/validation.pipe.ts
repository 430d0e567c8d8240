import { type ArgumentMetadata, Injectable, type Type, ValidationPipe } from '@nestjs/common';
import type { ValidationError } from 'class-validator';
import { type FieldErrors, InvalidInput } from './errors.js';
import { notAnObject } from './fields.js';

/**
 * Turns bodies and queries into their DTOs. Unknown fields are dropped, as Django REST Framework does, so a body can
 * never name a column that its DTO doesn't declare (API3:2023).
 */
@Injectable()
export class InputPipe extends ValidationPipe {
  constructor() {
    super({
      transform: true,
      whitelist: true,
      exceptionFactory: (errors) => new InvalidInput(fieldErrors(errors)),
    });
  }

  override async transform(value: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    // A path's ids are read by IdPipe alone: turned into numbers here, `1e3` and `0x1` would name something.
    if (metadata.type === 'param') return value;
    if (metadata.type !== 'body') return (await super.transform(value, metadata)) as unknown;
    if (value !== undefined && (value === null || typeof value !== 'object' || Array.isArray(value))) {
      throw InvalidInput.nonField(notAnObject(value));
    }
    return (await super.transform(value ?? {}, metadata)) as unknown;
  }
}

const pipe = new InputPipe();

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
