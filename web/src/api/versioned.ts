import { answerOf } from './client';

/** What was read, and the edit version that a write is to hold it to (`If-Match`). */
export interface Versioned<T> {
  body: T;
  etag: string;
}

/** The body of a successful answer together with its `ETag`; throws Problem for any other. */
export async function versionedOf<T>(
  call: Promise<{ data?: T; error?: unknown; response: Response }>,
): Promise<Versioned<T>> {
  const body = await answerOf(call);
  return { body, etag: (await call).response.headers.get('etag') ?? '*' };
}
