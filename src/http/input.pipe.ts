import { type ArgumentMetadata, Injectable, ValidationPipe } from '@nestjs/common';
import { InvalidInput } from '../common/errors.js';
import { notAnObject } from '../common/fields.js';
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
    // A path's ids are read by IdPipe alone: turned into numbers here, `1e3` and `0x1` would name something.
    if (metadata.type === 'param') return value;
    if (metadata.type !== 'body') return (await super.transform(value, metadata)) as unknown;
    if (value !== undefined && (value === null || typeof value !== 'object' || Array.isArray(value))) {
      throw InvalidInput.nonField(notAnObject(value));
    }
    return (await super.transform(value ?? {}, metadata)) as unknown;
  }
}
