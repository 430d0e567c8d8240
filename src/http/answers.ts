import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { ApiHeader } from '@nestjs/swagger';
import type { FastifyRequest, preSerializationHookHandler } from 'fastify';
import type { ExpectedVersions } from '../common/edit-version.js';
import { Page } from '../common/list.js';

/** An editable object together with its edit version, which becomes the `ETag` (RFC 9110 §8.8.3). */
export class Versioned<T> {
  constructor(
    readonly version: number,
    readonly body: T,
  ) {}

  /** A row and how it is shown. */
  static of<Row extends { version: number }, T>(row: Row, toDto: (row: Row) => T): Versioned<T> {
    return new Versioned(row.version, toDto(row));
  }

  /** How such rows are shown. */
  static as<Row extends { version: number }, T>(toDto: (row: Row) => T): (row: Row) => Versioned<T> {
    return (row) => Versioned.of(row, toDto);
  }
}

/**
 * The edit versions that a write expects (RFC 9110 §13.1.1: one tag or a list, compared strongly); `undefined`: any. A tag that
 * no version of ours could match expects nothing that there is.
 */
export const IfMatch = createParamDecorator(
  (_data: unknown, context: ExecutionContext): ExpectedVersions | undefined => {
    const header = context.switchToHttp().getRequest<FastifyRequest>().headers['if-match'];
    if (header === undefined || header.trim() === '*') return undefined;
    const tags = header.split(',').map((tag) => /^"(\d{1,9})"$/.exec(tag.trim())?.[1]);
    return tags.flatMap((version) => (version === undefined ? [] : [Number(version)]));
  },
  [documentIfMatch],
);

/** Writes the header into the OpenAPI document of the handler whose parameter it is. */
function documentIfMatch(target: object, handler: string | symbol | undefined): void {
  if (handler === undefined) return;
  const descriptor = Object.getOwnPropertyDescriptor(target, handler);
  if (!descriptor) return;
  ApiHeader({
    name: 'If-Match',
    required: false,
    description: 'The `ETag` that was read; if the object was changed since then, 409 `edit_conflict`.',
  })(target, handler, descriptor);
}

/**
 * Turns a Page into the list envelope with absolute links, and a Versioned into its body plus the `ETag`, as the answer
 * is written. A hook of Fastify's, because Nest pays for an interceptor with several observables a request.
 */
export function shapeAnswers(origin: string): preSerializationHookHandler<unknown> {
  return (request, reply, answer, done) => {
    if (answer instanceof Page) return done(null, envelope(answer, request.url, origin));
    if (!(answer instanceof Versioned)) return done(null, answer);
    void reply.header('ETag', `"${answer.version}"`);
    done(null, answer.body);
  };
}

function envelope(page: Page<unknown>, url: string, origin: string): Record<string, unknown> {
  const link = (number: number): string => {
    const [path = '/', ...query] = url.split('?');
    const target = new URL(origin);
    target.pathname = path; // never parsed with the origin: `//elsewhere/` would take its place
    target.search = query.join('?');
    if (number === 1) target.searchParams.delete('page');
    else target.searchParams.set('page', String(number));
    return target.href;
  };
  const last = Math.max(1, Math.ceil(page.count / page.size));
  return {
    count: page.count,
    next: page.number < last ? link(page.number + 1) : null,
    previous: page.number > 1 ? link(page.number - 1) : null,
    results: page.results,
  };
}
