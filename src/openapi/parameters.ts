import { LARGEST_ID } from '../common/ids.js';
import type { Operation, Parameter } from './document.js';

/** What a part of a path means, and one that works in a demo of a first start. */
const PATH_PARTS: Readonly<Record<string, { description: string; example: unknown }>> = {
  org_pk: { description: 'The id of the organization.', example: 1 },
  id: { description: 'The id of the object.', example: 1 },
  api_key_pk: { description: 'The id of the provider key.', example: 1 },
  key_type: { description: 'The provider.', example: 'H' },
  path: { description: 'What follows, slashes included.', example: 'api/v1/address/0x1da5' },
  name: { description: 'The name of the set.', example: 'key_types' },
  org: { description: 'The id of an organization, or `any`.', example: 'any' },
  permission: { description: 'A permission, or `any`.', example: 'any' },
};

/** Gives every parameter of an operation its true type, a description, and, in a path, an example. */
export function completeParameters(operation: Operation): void {
  operation.parameters?.forEach(complete);
}

function complete(parameter: Parameter): void {
  const schema = (parameter.schema ??= {});
  if (parameter.in === 'path') {
    const part = PATH_PARTS[parameter.name] ?? partOf(parameter.name);
    parameter.description ??= part.description;
    parameter.example ??= part.example;
    // a part that a handler takes as a number is an id (http/id.pipe.ts)
    if (schema.type === 'number' || schema.type === 'integer')
      parameter.schema = { type: 'integer', minimum: 1, maximum: LARGEST_ID };
    else schema.type ??= 'string';
  }
  parameter.description ??= schema.description ?? `Only what has this \`${parameter.name}\`.`;
}

/** `{member_id}` is the id of the member. */
function partOf(name: string): { description: string; example: unknown } {
  return { description: `The id of the ${name.replace(/_(?:id|pk)$/, '')}.`, example: 1 };
}
