import formbody from '@fastify/formbody';
import type { FastifyInstance } from 'fastify';
import { ParseError, UnsupportedMediaType } from '../../common/errors.js';
import { parseForm } from '../urlencoded.js';
import { isMultipart } from './body-headers.js';
import { parseJson } from './json-text.js';
import { installRawBodies } from './raw-bodies.js';
import { BrokenUtf8, strictUtf8 } from './utf8.js';

/**
 * The bodies that handlers understand: JSON, forms, and, for a RawBody handler alone, whatever it is, unread. An
 * empty one is none.
 */
export function installBodyParsers(fastify: FastifyInstance): void {
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_request, body, done) => {
    const bytes = body as Buffer;
    try {
      done(null, bytes.length === 0 ? undefined : parseJson(strictUtf8(bytes)));
    } catch (error) {
      done(
        error instanceof BrokenUtf8
          ? new ParseError(`JSON parse error - ${error.message}`)
          : (error as Error),
      );
    }
  });
  void fastify.register(formbody, { parser: parseForm });
  // Of a body in chunks only its end tells that it was empty, and had no type then (body-headers.ts).
  fastify.addContentTypeParser('*', { parseAs: 'buffer' }, ({ headers }, body, done) => {
    const type = headers['content-type'] ?? '';
    done(body.length === 0 && !isMultipart(type) ? null : new UnsupportedMediaType(type));
  });
  installRawBodies(fastify);
}
