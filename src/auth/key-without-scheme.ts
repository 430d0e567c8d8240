import type { FastifyRequest } from 'fastify';
import { InvalidBearer, NotAuthenticated } from '../common/errors.js';

const SENTENCE = 'Send an access key as `Authorization: Api-Key <key>`.';

/** Something of an access key's form, by itself or behind any word. */
const KEY = /(?<![A-Za-z0-9.])[A-Za-z0-9]{8}\.[A-Za-z0-9]{32}(?![A-Za-z0-9.])/;

/**
 * A refusal with a second sentence (contract §2) where what was sent has an access key's form but not its scheme word: bare, in
 * `X-Api-Key`, as Bearer or Basic. Told by the form alone: nothing is looked up, so it says nothing of the key.
 */
export function withSchemeHint(error: unknown, { headers }: Pick<FastifyRequest, 'headers'>): unknown {
  if (!(error instanceof NotAuthenticated || error instanceof InvalidBearer)) return error;
  const sent = [headers.authorization, headers['x-api-key']].flat().some((text) => text && holdsKey(text));
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
