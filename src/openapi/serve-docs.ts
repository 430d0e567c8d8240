import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { describeApi } from './describe-api.js';
import { PAGE, PAGE_SCRIPT } from './reference-page.js';

const compress = promisify(gzip);

/** Where Scalar's package keeps the script that shows the document. */
const SCALAR = path.join(
  path.dirname(createRequire(import.meta.url).resolve('@scalar/fastify-api-reference')),
  'js',
  'standalone.js',
);

/** A file that is made when it is first asked for, and kept as it goes out. */
class ServedFile {
  private made: Promise<{ plain: Buffer; compressed: Buffer }> | undefined;

  constructor(
    private readonly type: string,
    private readonly cacheControl: string,
    private readonly make: () => string | Promise<Buffer>,
  ) {}

  readonly answer = async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    this.made ??= this.read();
    const { plain, compressed } = await this.made;
    const takesGzip = /\bgzip\b/.test(String(request.headers['accept-encoding'] ?? ''));
    if (takesGzip) void reply.header('content-encoding', 'gzip');
    return reply
      .type(this.type)
      .header('cache-control', this.cacheControl)
      .header('vary', 'accept-encoding')
      .send(takesGzip ? compressed : plain);
  };

  private async read(): Promise<{ plain: Buffer; compressed: Buffer }> {
    const plain = Buffer.from(await this.make());
    return { plain, compressed: await compress(plain) };
  }
}

/**
 * Serves the document at `/api/schema/` and a page to read and try it at `/api/docs/`: one script of Scalar's and one of
 * ours, both from here. The page asks nobody else for anything; its content security policy sees to that
 * (http/security-headers.ts).
 */
export function serveApiDocs(app: NestFastifyApplication): void {
  const here = [{ url: '/', description: 'This instance' }];
  const schema = (): string => JSON.stringify({ ...describeApi(app), servers: here });
  const files: Readonly<Record<string, ServedFile>> = {
    '/api/schema': new ServedFile('application/json; charset=utf-8', 'no-cache', schema),
    '/api/docs': new ServedFile('text/html; charset=utf-8', 'no-cache', () => PAGE),
    '/api/docs/page.js': new ServedFile('text/javascript; charset=utf-8', 'no-cache', () => PAGE_SCRIPT),
    '/api/docs/scalar.js': new ServedFile('text/javascript; charset=utf-8', 'max-age=3600', () =>
      readFile(SCALAR),
    ),
  };
  const fastify = app.getHttpAdapter().getInstance();
  for (const [at, file] of Object.entries(files)) fastify.get(at, file.answer);
}
