import type { Readable } from 'node:stream';
import { codeOf } from './deadline.js';
import type { ProviderCallErrorCode } from './provider-call-error.js';

interface Bounds {
  readonly maxBytes: number;
  /** The longest silence, in milliseconds; absent: what the signal bounds. */
  readonly idleMs?: number;
  /** What a longer body is called, and one that breaks off. */
  readonly tooLarge: ProviderCallErrorCode;
  readonly broken: ProviderCallErrorCode;
}

/** Reads a body whole, or tells why there is none, and reads no more of it then. Never rejects. */
export function wholeBody(
  body: Readable,
  { maxBytes, idleMs, tooLarge, broken }: Bounds,
  signal: AbortSignal,
): Promise<Buffer | ProviderCallErrorCode> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let length = 0;
    const settle = (outcome: Buffer | ProviderCallErrorCode): void => {
      clearTimeout(idle);
      signal.removeEventListener('abort', ended);
      if (typeof outcome === 'string') body.off('data', take).pause();
      resolve(outcome);
    };
    const take = (chunk: Buffer): void => {
      idle?.refresh();
      length += chunk.length;
      if (length > maxBytes) settle(tooLarge);
      else chunks.push(chunk);
    };
    const ended = (): void => settle(codeOf(signal));
    const idle = idleMs === undefined ? undefined : setTimeout(() => settle('timeout'), idleMs);
    if (signal.aborted) return ended();
    if (body.destroyed) return settle(broken);
    signal.addEventListener('abort', ended, { once: true });
    body.on('data', take);
    body.once('end', () => settle(Buffer.concat(chunks, length)));
    body.on('error', () => settle(signal.aborted ? codeOf(signal) : broken));
    body.once('close', () => body.readableEnded || settle(broken));
  });
}
