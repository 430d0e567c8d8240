import type { TokenEndpoint } from '../adapters/adapter.js';
import { jsonOf, textOf } from '../adapters/classify.js';
import type { OpenedSecret } from '../../provider-keys/opened-secret.js';
import type { IssuedToken } from './access-tokens.js';
import { answerBody, readText } from './answer-body.js';
import { Deadline } from './deadline.js';
import type { Exchange } from './exchange.js';
import { assertSendable } from './headers.js';
import { ERROR_BODY_BYTES, type CallLimits } from './limits.js';
import type { RefusedAnswer } from './provider-call.js';

/** What we believe of a token whose life is not told: the shortest that World-Check issues. */
const USUAL_LIFE_SECONDS = 300;
const LONGEST_LIFE_SECONDS = 86_400;

/** Exchanges a key for an access token. Has a deadline of its own: callers who share the token come and go. */
export async function fetchToken(
  exchange: Exchange,
  origin: string,
  endpoint: TokenEndpoint,
  secret: OpenedSecret,
  limits: CallLimits,
  timeOfDayMs: () => number,
): Promise<IssuedToken | RefusedAnswer> {
  const { headers, body } = endpoint.request(secret);
  assertSendable(headers);
  const deadline = new Deadline(limits.totalMs);
  try {
    const wire = await exchange.send(
      {
        origin,
        target: endpoint.path,
        method: 'POST',
        headers: { accept: 'application/json', ...headers },
        body,
      },
      limits.headersMs,
      deadline,
    );
    if ('failed' in wire) return down(wire.failed === 'timeout' ? 'timeout' : 'unreachable');
    const whole = { maxAnswerBytes: ERROR_BODY_BYTES, idleMs: limits.idleMs };
    const text = await readText(
      answerBody(wire.body, whole, deadline, () => undefined),
      ERROR_BODY_BYTES,
    );
    const answer = { status: wire.status, headers: wire.headers, body: text, receivedAtMs: timeOfDayMs() };
    const json = jsonOf(answer);
    const token = textOf(json, 'access_token');
    if (wire.status === 200 && /^[\x21-\x7e]+$/.test(token)) {
      return { token, expiresInSeconds: lifeOf(json['expires_in']) };
    }
    const classification = endpoint.classify(answer);
    const outcome = classification.outcome === 'ok' ? 'unknown' : classification.outcome; // 200 without a token
    return { ...classification, outcome, passed: false, reason: 'status', status: wire.status };
  } finally {
    deadline.clear();
  }
}

function lifeOf(told: unknown): number {
  const seconds = Number(told ?? USUAL_LIFE_SECONDS);
  return Number.isFinite(seconds) ? Math.min(LONGEST_LIFE_SECONDS, Math.max(0, seconds)) : USUAL_LIFE_SECONDS;
}

const down = (reason: 'timeout' | 'unreachable'): RefusedAnswer => ({
  passed: false,
  outcome: 'provider_down',
  reason,
  status: null,
});
