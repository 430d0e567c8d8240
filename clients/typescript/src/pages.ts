import type { Page } from './operations.js';

/** Parameters of a query, as a page's `next` holds them. */
export type Query = Readonly<Record<string, unknown>>;

/** A list of the service's, read page by page as it is gone through: `for await (const item of list)`. */
export class Pages<T> implements AsyncIterable<T> {
  constructor(private readonly fetchPage: (query: Query) => Promise<Page<T>>) {}

  /** All of the list's entries. One that moves while the list is gone through may come twice, or not at all. */
  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, undefined> {
    for await (const { results } of this.pages()) yield* results;
  }

  /** The pages themselves. */
  async *pages(): AsyncGenerator<Page<T>, void, undefined> {
    let query: Query | undefined = {};
    while (query) {
      const page: Page<T> = await this.fetchPage(query);
      yield page;
      // Where `next` points to is not followed: the credential goes to the client's own base URL and nowhere else.
      query = page.next === null ? undefined : Object.fromEntries(new URL(page.next).searchParams);
    }
  }
}
