import type { FastifyRequest } from 'fastify';
import { AuthenticationFailed, InvalidBearer, NotAuthenticated } from '../common/errors.js';

const SENTENCE = 'Send an access key as `Authorization: Api-Key <key>`.';

/** Something of an access key's form, by itself or behind any word. */
const KEY = /(?<![A-Za-z0-9.])[A-Za-z0-9]{8}\.[A-Za-z0-9]{32}(?![A-Za-z0-9.])/;

/** What has the word, however it goes on. */
const WITH_SCHEME = /^api-key /i;
/** Every 401 of a request but that of a key with its word, which has the same bytes always. */
const TOLD = [NotAuthenticated, AuthenticationFailed, InvalidBearer];

/**
 * A refusal with a second sentence (contract §2) where what was sent has an access key's form but not its scheme word: bare,
 * in `X-Api-Key`, as Bearer or Basic; also where something else, such as a stale cookie, is what was refused. Told by the
 * form alone: nothing is looked up, so it says nothing of the key.
 */
export function withSchemeHint(error: unknown, { headers }: Pick<FastifyRequest, 'headers'>): unknown {
  if (!(error instanceof Error && TOLD.some((refusal) => error instanceof refusal))) return error;
  const { authorization = '', 'x-api-key': other = '' } = headers;
  const withoutScheme = [WITH_SCHEME.test(authorization) ? '' : authorization, other].flat();
  const sent = withoutScheme.some(holdsKey);
  if (sent) error.message = `${error.message.replace(/\.?$/, '.')} ${SENTENCE}`;
  return error;
}

function holdsKey(text: string): boolean {
  const basic = /^basic +([\w+/-]+=*)$/i.exec(text)?.[1];
  return (
    KEY.test(text) || (basic !== undefined && isKeyAsPair(Buffer.from(basic, 'base64').toString('latin1')))
  );
}

/** `key:`, `:key`, `anything:key`, or the two halves of the key as user and password. */
function isKeyAsPair(pair: string): boolean {
  return KEY.test(pair) || KEY.test(pair.replace(':', '.'));
}
