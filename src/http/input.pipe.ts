import { type ArgumentMetadata, Injectable, ValidationPipe } from '@nestjs/common';
import { InvalidInput } from '../common/errors.js';
import { takenFields } from '../common/field-rules.js';
import { notAnObject } from '../common/object-fields.js';
import { withPlainNumbers } from '../common/json-number.js';
import { typeName } from '../common/scalars.js';
import { VALIDATION } from '../common/validated.js';

/**
 * Turns bodies and queries into their DTOs. Unknown fields are dropped, as Django REST Framework does, so a body can
 * never name a column that its DTO doesn't declare (API3:2023).
 */
@Injectable()
export class InputPipe extends ValidationPipe {
  constructor() {
    super(VALIDATION);
  }

  override async transform(value: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    const prototype = metadata.metatype?.prototype as object | undefined;
    // A path's ids are read by IdPipe alone: turned into numbers here, `1e3` and `0x1` would name something.
    if (!prototype || (metadata.type !== 'body' && metadata.type !== 'query')) return value;
    if (!this.toValidate(metadata)) return withPlainNumbers(value); // declared as a list or an object of any form
    const input = metadata.type === 'body' ? bodyOf(listRead(value, metadata)) : (value as object);
    return (await super.transform(takenFields(prototype, input), metadata)) as unknown;
  }
}

/** A body that may also come as a list says itself how it is read then. */
export interface ReadsList {
  ofList(list: readonly unknown[]): object;
}

function listRead(value: unknown, { metatype }: ArgumentMetadata): unknown {
  const reads = metatype as Partial<ReadsList> | undefined;
  return Array.isArray(value) && reads?.ofList ? reads.ofList(value) : value;
}

function bodyOf(value: unknown): object {
  if (value === undefined) return {};
  if (typeName(value) === 'dict') return value as object;
  throw InvalidInput.nonField(value === null ? 'No data provided' : notAnObject(value));
}
