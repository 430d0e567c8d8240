import type { ApiDocument, Schema } from './api-document.js';

/**
 * A copy of the document in which an object has the fields that it declares and no other, unless it is declared to be of
 * free form: for answers, where a field that nobody declared is one that leaks out.
 */
export function answersClosed(document: ApiDocument): ApiDocument {
  return closed(document) as ApiDocument;
}

function closed(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(closed);
  if (typeof node !== 'object' || node === null) return node;
  const copy = Object.fromEntries(Object.entries(node).map(([name, value]) => [name, closed(value)]));
  return isOpenObject(node) ? { ...copy, additionalProperties: false } : copy;
}

function isOpenObject(node: Schema): boolean {
  const isObject = [node.type].flat().includes('object');
  return isObject && node.additionalProperties === undefined;
}
