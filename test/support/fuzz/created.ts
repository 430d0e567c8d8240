import type { ApiDocument } from '../contract/api-document.js';
import type { Answer } from '../client.js';
import type { FuzzedOperation } from './fuzzed-operation.js';
import type { Target } from './targets.js';

type Json = Readonly<Record<string, unknown>>;

/** Shown once, when it is made. */
const SHOWN_ONCE = ['key', 'token', 'url'];

/**
 * What is wrong about reading what was just created: it isn't there, or has another content. Keys are read by staff,
 * wherever they were made.
 */
export async function readableProblem(
  document: ApiDocument,
  { name, path }: FuzzedOperation,
  { path: url, client, tenant }: Target,
  created: Answer,
): Promise<string[]> {
  const body = created.body as Json;
  const id = body['id'];
  if (id === undefined) return [];
  const isKey = typeof body['prefix'] === 'string';
  const place = isKey ? '/api/admin/access-keys/' : url;
  const reader = isKey ? tenant.staff : client;
  const single = isKey || Object.keys(document.paths).some((known) => isItemOf(known, path));
  const found = single
    ? ((await reader.get(`${place}${String(id)}/`)).body as Json)
    : await findInList(reader, place, id);
  const different = Object.keys(body).filter(
    (field) => !SHOWN_ONCE.includes(field) && JSON.stringify(found?.[field]) !== JSON.stringify(body[field]),
  );
  return different.length > 0 ? [`${name}: created ${created.text}, then read ${JSON.stringify(found)}`] : [];
}

const isItemOf = (known: string, path: string): boolean =>
  known.startsWith(`${path}{`) && known.slice(path.length).split('/').length === 2;

async function findInList(client: Target['client'], place: string, id: unknown): Promise<Json | undefined> {
  const { results } = (await client.get(`${place}?ordering=-id&page_size=100`)).body as { results?: Json[] };
  return results?.find((item) => item['id'] === id);
}
