import { readFileSync } from 'node:fs';
import path from 'node:path';

/** What the tests read of a JSON schema. */
export interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: boolean | Schema;
  readonly required?: readonly string[];
  readonly enum?: readonly unknown[];
  readonly items?: Schema;
  readonly allOf?: readonly Schema[];
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly format?: string;
  readonly pattern?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly uniqueItems?: boolean;
}

export interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header' | 'cookie';
  readonly required?: boolean;
  readonly schema?: Schema;
}

type Content = Readonly<Record<string, { readonly schema?: Schema }>>;

/** What the tests read of an operation of the OpenAPI document. */
export interface Operation {
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly required?: boolean; readonly content: Content };
  readonly responses: Readonly<Record<string, { readonly content?: Content }>>;
  readonly security?: readonly Readonly<Record<string, readonly string[]>>[];
}

/** What the tests read of the OpenAPI document. */
export interface ApiDocument {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
}

/** The document as clients get it, `docs/api/openapi.json`, with shared parameters and responses where they are used. */
export function readApiDocument(): ApiDocument {
  const file = path.join(process.cwd(), 'docs', 'api', 'openapi.json');
  return withPartsInPlace(JSON.parse(readFileSync(file, 'utf8')));
}

/** A document in which an operation holds its parameters and responses itself; schemas stay references. */
export function withPartsInPlace(document: unknown): ApiDocument {
  const { components } = document as { components: Readonly<Record<string, Record<string, unknown>>> };
  const inPlace = (node: unknown): unknown => {
    if (Array.isArray(node)) return node.map(inPlace);
    if (typeof node !== 'object' || node === null) return node;
    const [, kind = '', name = ''] =
      /^#\/components\/(parameters|responses)\/(.+)$/.exec((node as Schema).$ref ?? '') ?? [];
    if (kind) return components[kind]?.[name];
    return Object.fromEntries(Object.entries(node).map(([key, value]) => [key, inPlace(value)]));
  };
  return inPlace(document) as ApiDocument;
}

/** A route of the router (`/api/orgs/:org_pk`) as the document spells it (`/api/orgs/{org_pk}/`). */
export function documentedPath(route: string): string {
  const path = route.replace(/\*$/, '{path}').replace(/:(\w+)/g, '{$1}');
  return path.startsWith('/api/') && !/(?:\/|\{path\})$/.test(path) ? `${path}/` : path;
}
