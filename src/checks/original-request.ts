import type { FastifyRequest } from 'fastify';
import { BadCheck } from '../common/errors.js';
import { sentValues } from '../common/raw-headers.js';
import { sentPath } from '../common/request-target.js';

/** What the gateway demands, in the path of the check: an organization and a permission, or `any`. */
export interface Demand {
  readonly org?: string | undefined;
  readonly permission?: string | undefined;
}

/** What the client asked of the gateway. */
export interface OriginalRequest {
  readonly method: string;
  /** The path with its query, as the client spelled them. */
  readonly target: string;
}

/** RFC 9110 §5.6.2. */
const METHOD = /^[!#$%&'*+.^`|~\w-]{1,40}$/;

/** What a check asks: whether a request may pass that demand. */
interface Check {
  readonly original: OriginalRequest;
  readonly demand: Demand;
}

type CheckRequest = FastifyRequest<{ Params: Demand }>;

/**
 * How each kind of gateway tells what was asked. One address for each, and nothing is guessed: of another convention's
 * headers, a client's own would arrive, for the gateway doesn't write over them.
 */
export const CONVENTIONS = {
  /** nginx `auth_request`: what its configuration sets. The check itself is always a GET. */
  nginx: (request: CheckRequest) => fromHeaders(request, 'x-original-method', 'x-original-uri'),
  /** Caddy `forward_auth`, Traefik ForwardAuth. */
  forward: (request: CheckRequest) => fromHeaders(request, 'x-forwarded-method', 'x-forwarded-uri'),
  /** Envoy `ext_authz`: the method itself, and the path behind the address of the check, byte for byte. */
  envoy: (request: CheckRequest) => behindTheCheck(request.method, sentPath(request)),
} as const;

export type Convention = keyof typeof CONVENTIONS;

/** The check's own address, and what stands behind it. */
const ENVOY = /^\/api\/auth\/check\/envoy(\/.*)$/s;
/** `require` as a whole segment is the gateway's word, in any case: what follows is a demand. */
const DEMANDS = /^\/require(?:[/?#]|$)/i;
/** The demand, then the original path, which begins with a slash; nothing stands for the root. */
const DEMAND = /^\/require\/([^/?#]+)\/([^/?#]+)(\/.*)?$/s;

/**
 * Read in the address as it was sent, for the client's part of it must not be able to change how the gateway's part is read.
 * A demand that can't be read is refused, and never taken for a path behind a check without one. Errors: BadCheck.
 */
function behindTheCheck(method: string, url: string): Check {
  const behind = ENVOY.exec(url)?.[1];
  if (behind === undefined || !DEMANDS.test(behind))
    return { original: original(method, behind), demand: {} };
  const demand = DEMAND.exec(behind);
  if (!demand) throw new BadCheck('The demand can not be read.');
  const [, org, permission, target = '/'] = demand;
  return { original: original(method, target), demand: { org, permission } };
}

function fromHeaders({ raw, params }: CheckRequest, method: string, target: string): Check {
  return { original: original(once(raw.rawHeaders, method), once(raw.rawHeaders, target)), demand: params };
}

/** A header that was sent exactly once: of two, one is the client's own. */
function once(rawHeaders: readonly string[], name: string): string | undefined {
  const values = sentValues(rawHeaders, name);
  return values.length === 1 ? values[0] : undefined;
}

function original(method: string | undefined, target: string | undefined): OriginalRequest {
  if (method === undefined || !METHOD.test(method)) throw new BadCheck('The original method is not told.');
  if (target === undefined || target === '') throw new BadCheck('The original path is not told.');
  return { method, target };
}
