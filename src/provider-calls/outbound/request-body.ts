import { Transform, type Readable } from 'node:stream';
import { ProviderCallError } from './provider-call-error.js';

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
