import type { FastifyInstance, FastifyReply } from 'fastify';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** What `npm run build` makes of the guides: beside the compiled service, or below `dist` when TypeScript runs as it is. */
const BUILT = fileURLToPath(
  new URL(import.meta.url.includes('/dist/src/') ? '../../guides/' : '../../dist/guides/', import.meta.url),
);

/** Pages without scripts: what the contract's policy (§7) allows the console, and none of what they don't need of it. */
const POLICY = [
  "default-src 'none'",
  "style-src 'self'",
  "img-src 'self' data:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
};

/** The guides for integrators (docs/guide), as pages at `/docs/`. Nothing in them is anybody's: no guard judges them. */
export class Guides {
  private constructor(private readonly files: readonly string[]) {}

  /** The guides as they were built, read when the service starts; `undefined`: they were not. */
  static built(): Guides | undefined {
    return existsSync(path.join(BUILT, 'index.html')) ? new Guides(readdirSync(BUILT)) : undefined;
  }

  /** Adds a route for each; whatever else is asked for below `/docs/` is a 404 like any other. */
  serve(fastify: FastifyInstance): void {
    for (const file of this.files) {
      const content = readFileSync(path.join(BUILT, file));
      const type = TYPES[path.extname(file)];
      if (type === undefined) throw new Error(`${file} is no file of the guides.`);
      fastify.get(addressOf(file), (_request, reply) => send(reply, type, content));
    }
  }
}

/** `index.html` → `/docs`, `staff.html` → `/docs/staff`; the router takes them with a slash at the end, too. */
function addressOf(file: string): string {
  if (file === 'index.html') return '/docs';
  return `/docs/${file.replace(/\.html$/, '')}`;
}

function send(reply: FastifyReply, type: string, content: Buffer): FastifyReply {
  return reply
    .headers({ 'cache-control': 'no-cache', 'content-security-policy': POLICY, 'content-type': type })
    .send(content);
}
