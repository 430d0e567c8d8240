import { Param, type PipeTransform } from '@nestjs/common';
import { NotFound } from './errors.js';
import { LARGEST_ID } from './fields.js';

/** The id that a path part names, or `undefined`. Only plain decimal: `1e3`, `0x1`, ` 1` and `01` name nothing. */
export function parseId(text: unknown): number | undefined {
  if (typeof text !== 'string' || !/^[1-9]\d{0,9}$/.test(text)) return undefined;
  const id = Number(text);
  return id <= LARGEST_ID ? id : undefined;
}

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
