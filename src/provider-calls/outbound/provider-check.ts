import type { Readable } from 'node:stream';
import { outcomeOfBreak, readText } from './answer-body.js';
import { SHORT_LIMITS } from './limits.js';
import type { ProviderCall, SendReport } from './provider-call.js';
import { ProviderCallError } from './provider-call-error.js';
import type { ProviderTransport } from './provider-transport.js';

/** What a check came to: the report of its request, and when asking again can help. */
export interface CheckResult extends SendReport {
  readonly retryAfterSeconds?: number | undefined;
}

/**
 * Makes the provider's harmless call, one try, and says what it shows of the key. It costs the customer's quota, so it
 * goes through the hooks like any other request. A 2xx counts only with a JSON body: a login page is no proof.
 */
export async function checkKey<Ticket>(
  transport: ProviderTransport,
  call: Omit<ProviderCall<Ticket>, 'request'>,
): Promise<CheckResult> {
  const { check } = call.adapter;
  if (check === 'token') return checkByToken(transport, call);
  const body = check.json === undefined ? undefined : Buffer.from(JSON.stringify(check.json));
  const answer = await transport.send({
    ...call,
    limits: { ...SHORT_LIMITS, ...call.limits, retries: 0 },
    request: {
      method: check.method,
      target: check.target,
      headers: { accept: 'application/json', ...(body && { 'content-type': 'application/json' }) },
      body,
      ...(check.provenBy && { provenBy: check.provenBy }),
    },
  });
  if (!answer.passed) return answer;
  const { status } = answer;
  const { text, broken } = await readAnswer(answer.body);
  if (broken) return { outcome: outcomeOfBreak(broken.code, answer.outcome), status };
  return { outcome: answer.outcome === 'ok' && !isJson(text) ? 'unknown' : answer.outcome, status };
}

async function readAnswer(body: Buffer | Readable): Promise<{ text: string; broken?: ProviderCallError }> {
  if (Buffer.isBuffer(body)) return { text: body.toString() };
  let broken: ProviderCallError | undefined;
  body.once('error', (error) => (broken = error instanceof ProviderCallError ? error : undefined));
  const text = await readText(body, SHORT_LIMITS.maxAnswerBytes);
  return { text, ...(broken && { broken }) };
}

async function checkByToken<Ticket>(
  transport: ProviderTransport,
  { adapter, secret, hooks }: Omit<ProviderCall<Ticket>, 'request'>,
): Promise<CheckResult> {
  const ticket = await hooks.beforeSend();
  const refused = await transport.requestToken(adapter, secret);
  const result = refused ?? { outcome: 'ok' as const, status: 200 };
  void (async () => hooks.afterOutcome(ticket, result))().catch(() => undefined);
  return result;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
