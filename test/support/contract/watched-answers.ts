import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { AnswerJudge } from './answer-judge.js';
import { documentedPath, readApiDocument } from './api-document.js';

/** What serves the document itself, the guides, and the web app's files; no operations of it. */
const NO_OPERATION = /^\/api\/(?:docs|schema)|^\/$|^\/(?:assets|docs)(?:\/|$)/;

/** The most that one message tells. */
const MOST_TOLD = 20;

let judgeOfAll: AnswerJudge | undefined;

/** Schemas are compiled once per spec file, when first needed. */
const commonJudge = (): AnswerJudge => (judgeOfAll ??= new AnswerJudge(readApiDocument()));

/** Every answer of one instance, held against `docs/api/openapi.json` as it goes out, whatever client asked for it. */
export class WatchedAnswers {
  count = 0;
  private readonly problems = new Set<string>();

  /** Call it before the instance listens. */
  constructor(app: NestFastifyApplication, judge = commonJudge()) {
    const fastify = app.getHttpAdapter().getInstance();
    fastify.addHook('onSend', (request, reply, payload, done) => {
      const { url } = request.routeOptions;
      this.count += 1;
      const isPage = reply.getHeader('content-type') === 'text/html; charset=utf-8';
      // no route of the router's answers `OPTIONS` of a page or a file
      const served = request.method === 'OPTIONS' ? request.url.replace(/\?.*$/, '') : url;
      if (!(served ? NO_OPERATION.test(served) : isPage)) {
        const problem = judge.problemOf({
          method: request.method,
          route: url && !request.is404 ? documentedPath(url) : undefined,
          status: reply.statusCode,
          contentType: reply.getHeader('content-type')?.toString(),
          body: textOf(payload),
        });
        if (problem) this.problems.add(problem);
      }
      done(null, payload);
    });
  }

  /** Throws if an answer was not as the document declares it. */
  assertAllDeclared(): void {
    if (this.problems.size === 0) return;
    const told = [...this.problems].slice(0, MOST_TOLD).join('\n');
    throw new Error(
      `${this.problems.size} kinds of answers are not what docs/api/openapi.json declares:\n${told}`,
    );
  }
}

/** The body as text; `undefined` for a stream, which must not be read here. */
function textOf(payload: unknown): string | undefined {
  if (payload === null || payload === undefined) return '';
  if (typeof payload === 'string') return payload;
  return Buffer.isBuffer(payload) ? payload.toString('utf8') : undefined;
}
