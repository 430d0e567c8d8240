import { fastifyStatic } from '@fastify/static';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { Pages } from './pages.js';

/** What `npm run build` makes of `web/`: beside the compiled service, or below `dist` when TypeScript runs as it is. */
const BUILT = fileURLToPath(
  new URL(import.meta.url.includes('/dist/src/') ? '../../web/' : '../../dist/web/', import.meta.url),
);

/** Stands in the built document wherever an answer's own nonce belongs. */
const NONCE_PLACE = /__NONCE__/g;
/** Before what stands here, the files of the page that was asked for are announced. */
const HEAD_END = '</head>';

/** Paths that are for programs: what is unknown below them stays a JSON 404, whatever an address bar asks for. */
const FOR_PROGRAMS = /^\/(?:api|mcp|assets|docs|\.well-known|metrics|healthz|readyz)(?:\/|$)/;

/**
 * The web app (contract §7): its page, and the files that the page loads. The files' names change with their contents,
 * so browsers keep them for good; the page carries a nonce and is never kept. All of it is read when the service starts
 * and judged by no guard: nothing in it is anybody's.
 */
export class Console {
  private constructor(
    private readonly document: string,
    private readonly pages: Pages,
  ) {}

  /** The web app as it was built; `undefined`: it was not, and the service is its API alone. */
  static built(): Console | undefined {
    const document = path.join(BUILT, 'index.html');
    if (!existsSync(document)) return undefined;
    return new Console(readFileSync(document, 'utf8'), Pages.readFrom(path.join(BUILT, 'pages.json')));
  }

  /** Adds the routes. */
  serve(fastify: FastifyInstance): void {
    fastify.get('/', (request, reply) => this.send(request, reply));
    void fastify.register(fastifyStatic, {
      root: path.join(BUILT, 'assets'),
      prefix: '/assets/',
      wildcard: false, // a route for each file: whatever else is asked for is a 404 like any other
      globIgnore: ['**/*.br', '**/*.gz'],
      preCompressed: true,
      decorateReply: false,
      immutable: true,
      maxAge: '365d',
    });
  }

  /** Answers a path that no route declares with the page, if a browser navigates there; false: it is a 404. */
  readonly answerUnknown = (request: FastifyRequest, reply: FastifyReply): boolean => {
    const { method, url, headers } = request;
    const navigates = (method === 'GET' || method === 'HEAD') && acceptsHtml(headers.accept);
    if (!navigates || isForPrograms(pathOf(url))) return false;
    void this.send(request, reply);
    return true;
  };

  private send({ url }: FastifyRequest, reply: FastifyReply): FastifyReply {
    const nonce = randomBytes(16).toString('base64');
    return reply
      .headers({
        'cache-control': 'no-store',
        'content-security-policy': policyWith(nonce),
        'content-type': 'text/html; charset=utf-8',
        'cross-origin-opener-policy': 'same-origin',
      })
      .send(
        this.document
          .replace(HEAD_END, () => `${this.pages.announcing(pathOf(url))}${HEAD_END}`)
          .replace(NONCE_PLACE, nonce),
      );
  }
}

/** As it was sent, and as servers read it: decoded, slashes merged, dot segments followed. */
function isForPrograms(sent: string): boolean {
  const read = path.posix.normalize(decodeURIComponent(sent).replaceAll('\\', '/'));
  return FOR_PROGRAMS.test(sent) || FOR_PROGRAMS.test(read);
}

/** RFC 9110 §12.4.2, §12.5.1: types are the same in any case, and a weight of 0 is a no. */
function acceptsHtml(accept = ''): boolean {
  return accept.split(',').some((range) => {
    const [type, ...parameters] = range.split(';').map((part) => part.trim().toLowerCase());
    return type === 'text/html' && !parameters.some((parameter) => /^q=0(?:\.0*)?$/.test(parameter));
  });
}

const pathOf = (url: string): string => url.split(/[?#]/, 1)[0] ?? '';

/** Scripts are files of ours alone; styles, too, and those that carry the nonce, which the component library makes. */
function policyWith(nonce: string): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "connect-src 'self'",
    "img-src 'self' data:",
    "font-src 'self'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join('; ');
}
