import { Injectable } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import type { Principal } from '../access/principal.js';
import type { FieldErrors } from '../common/errors.js';
import { type Asker, messagesOf, rulesOf } from '../common/field-rules.js';

/**
 * All fields at once (contract §1): an input of which some fields lack their form reaches no service, so what the service
 * would find wrong with the others is looked up here. A good input pays nothing: its service looks, and holds what it sees.
 */
@Injectable()
export class Lookups {
  constructor(private readonly modules: ModuleRef) {}

  /** What is wrong with fields of a DTO besides those of which that is `known` already. Errors: the database's own. */
  async problems(input: object, known: FieldErrors, asker: Asker): Promise<FieldErrors> {
    const found: FieldErrors = {};
    for (const [name, { lookup }] of rulesOf(Object.getPrototypeOf(input) as object)) {
      const value = (input as Record<string, unknown>)[name];
      if (!lookup || value === undefined || value === null || name in known) continue;
      const problem = await this.modules.get(lookup, { strict: false }).problem(value, asker, input);
      if (problem !== undefined) found[name] = messagesOf(problem);
    }
    return found;
  }
}

/** Whoever sent an input, to a path that names `params`. */
export function askerOf({ userId, origin }: Principal, params: Asker['params'] = {}): Asker {
  return { userId, from: origin.ip, params };
}
