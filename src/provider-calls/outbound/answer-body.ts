import { Readable, Transform, type TransformCallback } from 'node:stream';
import type { ProviderOutcome } from '../adapters/adapter.js';
import { codeOf, type Deadline } from './deadline.js';
import { ProviderCallError, type ProviderCallErrorCode } from './provider-call-error.js';
import { wholeBody } from './whole-body.js';

interface BodyLimits {
  readonly maxAnswerBytes: number;
  readonly idleMs: number;
}

/** Why a screen lets nothing more through. */
export type ScreenProblem = Extract<ProviderCallErrorCode, 'secret_echoed' | 'not_utf8' | 'answer_too_large'>;

/** Judges a body that goes by: what may pass now, or why nothing more of it may. */
export interface Screen {
  pass(chunk: Buffer): Buffer | ScreenProblem;
  /** The body is whole: what was held back of it. */
  end(): Buffer | ScreenProblem;
}

/**
 * Passes an answer's body on, chunk by chunk as it comes, within its limits and as far as `screen` lets it. Breaks off with
 * a ProviderCallError, never with the HTTP client's own error. `onEnd` is told once: nothing for a whole body, else what
 * ended it; a reader who leaves early is `aborted`. Time in which the reader is the slow one does not count as silence of
 * the provider.
 */
export function answerBody(
  source: Readable,
  limits: BodyLimits,
  deadline: Deadline,
  onEnd: (problem: ProviderCallErrorCode | undefined) => void,
  screen?: Screen,
): Readable {
  let seen = 0;
  let problem: ProviderCallErrorCode | undefined;
  let whole = false;
  const body = new Transform({
    transform(chunk: Buffer, _encoding, done: TransformCallback) {
      idle.refresh();
      seen += chunk.length;
      if (seen > limits.maxAnswerBytes) return breakOff('answer_too_large');
      const passed = screen ? screen.pass(chunk) : chunk;
      if (typeof passed === 'string') return breakOff(passed);
      done(null, passed);
    },
    flush(done: TransformCallback) {
      const rest = screen?.end();
      if (typeof rest === 'string') return breakOff(rest);
      whole = true;
      done(null, rest);
    },
  });
  const breakOff = (code: ProviderCallErrorCode): void => {
    problem ??= code;
    body.destroy(new ProviderCallError(problem));
  };
  const ended = (): void => breakOff(codeOf(deadline.signal));
  const idle = setTimeout(() => {
    if (body.readableLength > 0 || body.writableNeedDrain) idle.refresh();
    else breakOff('timeout');
  }, limits.idleMs);

  if (deadline.signal.aborted) ended();
  else deadline.signal.addEventListener('abort', ended, { once: true });
  source.on('error', () => breakOff(deadline.signal.aborted ? codeOf(deadline.signal) : 'cut_off'));
  body.on('error', () => undefined); // a reader who is gone has no listener, and this must not end the process
  body.once('close', () => {
    clearTimeout(idle);
    deadline.signal.removeEventListener('abort', ended);
    source.destroy();
    onEnd(whole ? undefined : (problem ?? 'aborted'));
  });
  return source.pipe(body);
}

/** The same of a short body, read whole before anything of it passes. One that must not pass is a stream that breaks off at once. */
export async function wholeAnswer(
  source: Readable,
  { maxAnswerBytes: maxBytes, idleMs }: BodyLimits,
  deadline: Deadline,
  onEnd: (problem: ProviderCallErrorCode | undefined) => void,
  screen: Screen,
): Promise<Buffer | Readable> {
  const bounds = { maxBytes, idleMs, tooLarge: 'answer_too_large', broken: 'cut_off' } as const;
  const whole = await wholeBody(source, bounds, deadline.signal);
  const passed = typeof whole === 'string' ? whole : screened(whole, screen);
  if (typeof passed !== 'string') {
    onEnd(undefined);
    return passed;
  }
  source.destroy();
  onEnd(passed);
  return new Readable({
    read() {
      this.destroy(new ProviderCallError(passed));
    },
  }).on('error', () => undefined);
}

function screened(whole: Buffer, screen: Screen): Buffer | ScreenProblem {
  const passed = screen.pass(whole);
  if (typeof passed === 'string') return passed;
  const rest = screen.end();
  return typeof rest === 'string' ? rest : Buffer.concat([passed, rest]);
}

/**
 * What an answer counts as whose body broke off: silence and a cut line are the provider's; of an error that is not fit to
 * be passed on it's known what it is; else too much, or a reader who left, tells nothing.
 */
export function outcomeOfBreak(problem: ProviderCallErrorCode, outcome: 'ok' | 'our_fault'): ProviderOutcome {
  if (problem === 'timeout' || problem === 'cut_off') return 'provider_down';
  const known = problem === 'secret_echoed' || problem === 'not_utf8';
  return known && outcome === 'our_fault' ? outcome : 'unknown';
}

/** Reads a short text, at most `maxBytes` of it. Never throws: a body that breaks off is as long as it is. */
export async function readText(body: Readable, maxBytes: number): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of body as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      length += chunk.length;
      if (length >= maxBytes) break;
    }
  } catch {
    // what came is what there is
  }
  return Buffer.concat(chunks).subarray(0, maxBytes).toString('utf8');
}
