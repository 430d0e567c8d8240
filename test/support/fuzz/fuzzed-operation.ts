import type { ApiDocument, Operation, Parameter, Schema } from '../contract/api-document.js';

/** Who may call: what the access decorator of the handler wrote into the document. */
interface Access {
  readonly kind: 'public' | 'authenticated' | 'permission' | 'staff';
  readonly via?: readonly string[];
}

/** One operation of the document, as the fuzzer goes through them. */
export interface FuzzedOperation {
  /** `POST /api/orgs/{org_pk}/roles/` */
  readonly name: string;
  readonly method: string;
  readonly path: string;
  readonly access: Access;
  /** Schemes of `security`; none for a public operation. */
  readonly schemes: readonly string[];
  readonly body: Schema | undefined;
  readonly query: readonly Parameter[];
  readonly headers: readonly Parameter[];
}

/** Open to gateways alone, which state what was asked of them: test/gateways plays those. Another protocol: test/mcp. */
const PLAYED_ELSEWHERE = /^\/api\/auth\/check\/|^\/mcp$/;

/** All operations of the document that are played nowhere else, with references to its components resolved. */
export function operationsOf(document: ApiDocument): FuzzedOperation[] {
  const resolved = resolve(document.paths, document) as ApiDocument['paths'];
  return Object.entries(resolved).flatMap(([path, item]) =>
    PLAYED_ELSEWHERE.test(path)
      ? []
      : Object.entries(item).map(([method, operation]) => fuzzed(path, method.toUpperCase(), operation)),
  );
}

function fuzzed(path: string, method: string, operation: Operation): FuzzedOperation {
  const parameters = operation.parameters ?? [];
  const access = (operation as { 'x-access'?: Access })['x-access'];
  if (!access) throw new Error(`${method} ${path} tells no access.`);
  return {
    name: `${method} ${path}`,
    method,
    path,
    access,
    schemes: (operation.security ?? []).flatMap((scheme) => Object.keys(scheme)),
    body: firstForm(operation.requestBody?.content['application/json']?.schema),
    query: parameters.filter((parameter) => parameter.in === 'query'),
    headers: parameters.filter((parameter) => parameter.in === 'header'),
  };
}

/** Of a body that has several forms the first, an object: another is of no other operation, and its feature's spec has it. */
function firstForm(schema: Schema | undefined): Schema | undefined {
  return schema?.oneOf?.[0] ?? schema;
}

/** Puts the component in the place of each reference to it; those that contain themselves (errors alone) stay. */
function resolve(node: unknown, document: ApiDocument, within: readonly string[] = []): unknown {
  if (Array.isArray(node)) return node.map((item) => resolve(item, document, within));
  if (typeof node !== 'object' || node === null) return node;
  const { $ref, ...rest } = node as Schema;
  const name = $ref?.split('/').pop();
  if (name === undefined) {
    return Object.fromEntries(
      Object.entries(rest).map(([key, value]) => [key, resolve(value, document, within)]),
    );
  }
  return within.includes(name)
    ? node
    : resolve(document.components.schemas[name], document, [...within, name]);
}
