import { Transform, type Readable } from 'node:stream';
import { ProviderCallError } from './provider-call-error.js';

/** Reads a request's body whole, for providers that sign it. Throws `body_too_large`, or `aborted` if it breaks off. */
export async function wholeBody(body: Readable, maxBytes: number, signal: AbortSignal): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  const leave = (): void => void body.destroy();
  signal.addEventListener('abort', leave, { once: true });
  try {
    for await (const chunk of body as AsyncIterable<Buffer>) {
      length += chunk.length;
      if (length > maxBytes) throw new ProviderCallError('body_too_large');
      chunks.push(chunk);
    }
  } catch (error) {
    throw error instanceof ProviderCallError ? error : new ProviderCallError('aborted');
  } finally {
    signal.removeEventListener('abort', leave);
  }
  if (signal.aborted) throw signal.reason;
  return Buffer.concat(chunks);
}

/** Passes a request's body on as it comes; past `maxBytes`, or when the caller breaks off, `onProblem` is told. */
export function limitedBody(
  body: Readable,
  maxBytes: number,
  onProblem: (code: 'body_too_large' | 'aborted') => void,
): Readable {
  let length = 0;
  const limited = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      length += chunk.length;
      if (length <= maxBytes) return done(null, chunk);
      onProblem('body_too_large');
      done(new ProviderCallError('body_too_large'));
    },
  });
  limited.on('error', () => undefined);
  limited.once('close', () => body.unpipe(limited));
  body.once('error', () => onProblem('aborted'));
  body.once('close', () => {
    if (!body.readableEnded) onProblem('aborted');
  });
  return body.pipe(limited);
}
