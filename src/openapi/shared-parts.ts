import { REFUSALS } from '../common/error-schemas.js';
import { type Document, operationsOf, type Parameter, type Schema } from './document.js';

/**
 * Moves what several operations have in common to the components: the pages of lists, by what is in them, the refusals that
 * have a name there, and of each parameter the form that most of them have.
 */
export function shareParts(document: Document): void {
  sharePages(document);
  shareResponses(document);
  shareParameters(document);
}

/** A list of `MemberAnswer`s is answered in pages, each a `MemberPage`. */
function sharePages(document: Document): void {
  const pages: Record<string, Schema> = {};
  for (const [, , { responses }] of operationsOf(document)) {
    for (const { content = {} } of Object.values(responses)) {
      for (const media of Object.values(content)) {
        const { next, results } = media.schema?.properties ?? {};
        const item = next && results?.items?.$ref?.split('/').pop();
        if (!item || !media.schema) continue;
        const name = item.replace(/Answer$/, 'Page');
        pages[name] = { ...media.schema, description: `A page of a list of \`${item}\`.` };
        media.schema = { $ref: `#/components/schemas/${name}` };
      }
    }
  }
  Object.assign(document.components.schemas, sorted(pages));
}

function shareResponses(document: Document): void {
  const shared: NonNullable<Document['components']['responses']> = {};
  for (const [, , operation] of operationsOf(document)) {
    for (const [status, response] of Object.entries(operation.responses)) {
      const [name] =
        Object.entries(REFUSALS).find(([, { description }]) => description === response.description) ?? [];
      if (name === undefined) continue;
      shared[name] ??= response;
      // a response that Nest merged with another one of its status has another description, and stays
      if (JSON.stringify(shared[name]) !== JSON.stringify(response)) continue;
      operation.responses[status] = { $ref: `#/components/responses/${name}` } as typeof response;
    }
  }
  document.components.responses = sorted(shared);
}

function shareParameters(document: Document): void {
  const uses = new Map<string, { parameter: Parameter; count: number }>();
  for (const [, , { parameters = [] }] of operationsOf(document)) {
    for (const parameter of parameters) {
      const key = JSON.stringify(parameter);
      const use = uses.get(key) ?? { parameter, count: 0 };
      uses.set(key, { parameter, count: use.count + 1 });
    }
  }
  const shared: Record<string, Parameter> = {};
  for (const { parameter, count } of [...uses.values()].toSorted((a, b) => b.count - a.count)) {
    if (count > 1) shared[parameter.name] ??= parameter;
  }
  for (const [, , operation] of operationsOf(document)) {
    operation.parameters = operation.parameters?.map((parameter) =>
      JSON.stringify(shared[parameter.name]) === JSON.stringify(parameter)
        ? ({ $ref: `#/components/parameters/${parameter.name}` } as Parameter)
        : parameter,
    );
    if (!operation.parameters?.length) delete operation.parameters;
  }
  document.components.parameters = sorted(shared);
}

const sorted = <T>(parts: Record<string, T>): Record<string, T> =>
  Object.fromEntries(Object.entries(parts).toSorted(([a], [b]) => (a < b ? -1 : 1)));
