import { type Duplex, pipeline, Readable, Transform, type TransformCallback } from 'node:stream';
import * as zlib from 'node:zlib';

/** The answer's body as the provider meant it, and its headers without what spoke of the coding. */
interface Decoded {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Readable;
}

/** More codings on top of each other than this have no honest use, and each multiplies what a bomb unfolds to. */
const MOST_CODINGS = 2;

type Decoder = (firstByte: number) => Duplex;

const gzip: Decoder = () => zlib.createGunzip();
/** By the standard in a zlib wrapper, of some servers without: the first byte tells (RFC 9110 §8.4.1.2). */
const deflate: Decoder = (first) => ((first & 0x0f) === 8 ? zlib.createInflate() : zlib.createInflateRaw());

// from Node 22.15 on; older ones take such an answer for one that can't be read
const { createZstdDecompress } = zlib as { createZstdDecompress?: () => Duplex };

const DECODERS = new Map<string, Decoder>([
  ['gzip', gzip],
  ['x-gzip', gzip],
  ['deflate', deflate],
  ['br', () => zlib.createBrotliDecompress()],
  ...(createZstdDecompress ? [['zstd', createZstdDecompress] as const] : []),
]);

/**
 * Undoes `Content-Encoding` (RFC 9110 §8.4), of providers and edges that compress though nobody asked: what is not decoded
 * can't be classified, nor searched for a secret. It unfolds no faster than it is read, so the limits of whoever reads count
 * decoded bytes. Of a coding that we don't know nothing is read: the header stays and the body is empty.
 */
export function decoded(headers: Readonly<Record<string, string>>, body: Readable): Decoded {
  const { 'content-encoding': told, 'content-length': length, ...rest } = headers;
  const codings = (told ?? '')
    .toLowerCase()
    .split(',')
    .map((name) => name.trim());
  const applied = codings.filter((name) => name !== '' && name !== 'identity');
  if (applied.length === 0)
    return { headers: { ...rest, ...(length && { 'content-length': length }) }, body };
  const decoders = applied.map((name) => DECODERS.get(name));
  if (applied.length > MOST_CODINGS || decoders.includes(undefined)) {
    body.destroy();
    return { headers, body: Readable.from([]) };
  }
  const plain = (decoders as Decoder[]).reduceRight<Readable>(unfolded, body);
  return { headers: rest, body: plain };
}

function unfolded(source: Readable, decoder: Decoder): Readable {
  const plain = new Unfolding(decoder);
  plain.on('error', () => undefined); // as for any body that is dropped unread (exchange.ts)
  return pipeline(source, plain, () => undefined);
}

/**
 * Decodes with what the first byte calls for. A torn or wrong body ends with an error; an empty one stays empty, whatever
 * its header says.
 */
class Unfolding extends Transform {
  #decoder: Duplex | undefined;

  constructor(private readonly decoderFor: Decoder) {
    super();
  }

  override _transform(chunk: Buffer, encoding: BufferEncoding, done: TransformCallback): void {
    this.#decoder ??= this.#start(chunk[0] ?? 0);
    this.#decoder.write(chunk, encoding, done);
  }

  override _flush(done: TransformCallback): void {
    if (!this.#decoder) return done();
    this.#decoder.once('end', done).end();
  }

  /** Whoever reads lets the decoder go on: a bomb unfolds by what is read of it. */
  override _read(size: number): void {
    this.#decoder?.resume();
    super._read(size);
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#decoder?.destroy();
    done(error);
  }

  #start(firstByte: number): Duplex {
    const decoder = this.decoderFor(firstByte);
    return decoder
      .on('data', (plain: Buffer) => {
        if (!this.push(plain)) decoder.pause();
      })
      .on('error', (error) => this.destroy(error));
  }
}
