import type { FastifyRequest, onRequestHookHandler } from 'fastify';
import { PayloadTooLarge, UnsupportedEncoding, UnsupportedMediaType } from '../../common/errors.js';
import { isCheck } from '../paths.js';
import { isRaw } from './raw-bodies.js';

/** Bytes of a request body. The largest legitimate one, a report of 100 leaked keys, is under 6 KiB. */
export const BODY_LIMIT = 64 * 1024;

const CHARSET = /;\s*charset\s*=\s*"?([^\s;"]*)/gi;
const UTF_8 = new Set(['utf-8', 'utf8']);

/**
 * What a request's headers say of its body (contract §1): 413 for one that is too long, 415 for one that is compressed or
 * not in UTF-8. An empty one has no type and no charset, so that `curl -X POST -d ''` is taken whatever it calls nothing.
 */
export const judgeBodyHeaders: onRequestHookHandler = (request, _reply, done) => {
  if (isCheck(request)) return done(); // they are told of the body that goes elsewhere
  const { headers } = request.raw;
  const encoding = headers['content-encoding']?.trim().toLowerCase() ?? '';
  const transfer = headers['transfer-encoding']?.trim().toLowerCase() ?? 'chunked';
  if (isEmpty(request) && !isMultipart(headers['content-type'])) delete headers['content-type'];
  const type = headers['content-type'];
  if (Number(headers['content-length']) > BODY_LIMIT && !isRaw(request)) done(new PayloadTooLarge());
  else if (encoding !== '' && encoding !== 'identity') done(new UnsupportedEncoding(encoding));
  else if (transfer !== 'chunked')
    done(new UnsupportedEncoding(transfer)); // compressed on the way: Node undoes chunks alone
  else if (type !== undefined && !isUtf8(type)) done(new UnsupportedMediaType(type));
  else done();
};

function isEmpty({ raw: { headers } }: FastifyRequest): boolean {
  return headers['transfer-encoding'] === undefined && Number(headers['content-length'] ?? 0) === 0;
}

/** Forms with files, which are refused even when they are empty. */
export function isMultipart(type = ''): boolean {
  return type.trimStart().toLowerCase().startsWith('multipart/');
}

function isUtf8(type: string): boolean {
  return [...type.matchAll(CHARSET)].every(([, charset = '']) => UTF_8.has(charset.toLowerCase()));
}
