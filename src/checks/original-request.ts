import type { FastifyRequest } from 'fastify';
import { BadCheck } from '../common/errors.js';

/** What the client asked of the gateway. */
export interface OriginalRequest {
  readonly method: string;
  /** The path with its query, as the client spelled them. */
  readonly target: string;
}

/** RFC 9110 §5.6.2. */
const METHOD = /^[!#$%&'*+.^`|~\w-]{1,40}$/;

/**
 * How each kind of gateway tells what was asked. One address for each, and nothing is guessed: of another convention's
 * headers, a client's own would arrive, for the gateway doesn't write over them.
 */
export const CONVENTIONS = {
  /** nginx `auth_request`: what its configuration sets. The check itself is always a GET. */
  nginx: (request: FastifyRequest) => told(request, 'x-original-method', 'x-original-uri'),
  /** Caddy `forward_auth`, Traefik ForwardAuth. */
  forward: (request: FastifyRequest) => told(request, 'x-forwarded-method', 'x-forwarded-uri'),
  /** Envoy `ext_authz`: the method itself, and the path behind the address of the check, byte for byte. */
  envoy: ({ method, raw }: FastifyRequest) => original(method, behindTheCheck(raw.url ?? '')),
} as const;

export type Convention = keyof typeof CONVENTIONS;

/** The check's own address with a demand, or without; whatever of a path that follows begins with a slash. */
const ENVOY = /^\/api\/auth\/check\/envoy(?:\/require\/[^/?]+\/[^/?]+)?(?=\/)/;

function behindTheCheck(url: string): string | undefined {
  const check = ENVOY.exec(url)?.[0];
  return check === undefined ? undefined : url.slice(check.length);
}

function told({ raw }: FastifyRequest, method: string, target: string): OriginalRequest {
  return original(once(raw.rawHeaders, method), once(raw.rawHeaders, target));
}

/** A header that was sent exactly once: of two, one is the client's own. */
function once(rawHeaders: readonly string[], name: string): string | undefined {
  const values = rawHeaders.filter(
    (_value, at) => at % 2 === 1 && rawHeaders[at - 1]?.toLowerCase() === name,
  );
  return values.length === 1 ? values[0] : undefined;
}

function original(method: string | undefined, target: string | undefined): OriginalRequest {
  if (method === undefined || !METHOD.test(method)) throw new BadCheck('The original method is not told.');
  if (target === undefined || target === '') throw new BadCheck('The original path is not told.');
  return { method, target };
}
