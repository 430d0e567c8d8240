import { type ArgumentMetadata, Injectable, ValidationPipe } from '@nestjs/common';
import type { ValidationError } from 'class-validator';
import { type FieldErrors, InvalidInput } from './errors.js';
import { typeName } from './fields.js';

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
    if (metadata.type !== 'body') return (await super.transform(value, metadata)) as unknown;
    if (value !== undefined && (value === null || typeof value !== 'object' || Array.isArray(value))) {
      throw InvalidInput.nonField(`Invalid data. Expected a dictionary, but got ${typeName(value)}.`);
    }
    return (await super.transform(value ?? {}, metadata)) as unknown;
  }
}

function fieldErrors(errors: readonly ValidationError[]): FieldErrors {
  return Object.fromEntries(errors.map((error) => [error.property, Object.values(error.constraints ?? {})]));
}
