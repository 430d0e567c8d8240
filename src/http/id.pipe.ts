import { Param, type PipeTransform } from '@nestjs/common';
import { NotFound } from '../common/errors.js';
import { parseId } from '../common/ids.js';

/** An id in a path; what can't be one is not found, as any other id that isn't there. */
class IdPipe implements PipeTransform<unknown, number> {
  transform(value: unknown): number {
    const id = parseId(value);
    if (id === undefined) throw new NotFound();
    return id;
  }
}

/** `@Id() id: number`: the path's `:id`, or the part with another name. */
export const Id = (name = 'id'): ParameterDecorator => Param(name, new IdPipe());
