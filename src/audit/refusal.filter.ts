import { type ArgumentsHost, Catch } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { type JudgedRequest, originOf } from '../access/decorators.js';
import { anonymous } from '../access/principal.js';
import { ErrorFilter } from '../common/error.filter.js';
import {
  AuthenticationFailed,
  CsrfFailed,
  InvalidApiKey,
  InvalidBearer,
  PermissionDenied,
  ReadOnlyKey,
  Throttled,
} from '../common/errors.js';
import type { AuditEntry } from './audit-entry.js';
import { RefusalLog } from './refusal-log.js';

type Refusal = AuditEntry & { readonly reason: string };

/** Reasons are words of ours; what a library says may quote the caller. */
const REASON = /^[\w .-]{1,60}$/;

/**
 * Answers as ErrorFilter does, and records what the guards refused (ASVS 16.3.1, 16.3.2): a bad credential, a role that
 * lacks the permission, a read-only key's write, one attempt too many. It hears of them through the error that they throw. The answer goes
 * first, so that its time tells nothing of the record.
 */
@Catch()
export class RefusalFilter extends ErrorFilter {
  constructor(private readonly refusals: RefusalLog) {
    super();
  }

  override catch(thrown: unknown, host: ArgumentsHost): void {
    super.catch(thrown, host);
    const refusal = refusalOf(thrown, host.switchToHttp().getRequest<JudgedRequest>());
    if (refusal) this.refusals.add(refusal);
  }
}

function refusalOf(thrown: unknown, request: JudgedRequest): Refusal | undefined {
  const { principal, membership } = request;
  const base = { by: principal ?? anonymous(originOf(request)), details: { request: handlerOf(request) } };
  const judged = { ...base, organizationId: membership?.organizationId ?? null };
  if (thrown instanceof InvalidApiKey) {
    const { reason, key } = thrown;
    return {
      ...base,
      action: 'access_key.refused',
      reason,
      organizationId: key?.organizationId ?? null,
      userId: key?.userId ?? null,
      ...(key?.id !== undefined && { subject: { type: 'access_key', id: key.id } }),
      details: { ...(key && { prefix: key.prefix }), ...base.details },
    };
  }
  if (thrown instanceof InvalidBearer) {
    const reason = REASON.test(thrown.reason) ? thrown.reason : 'malformed';
    return { ...base, action: 'bearer.refused', reason };
  }
  if (thrown instanceof AuthenticationFailed) {
    return { ...base, action: 'session.refused', reason: thrown.reason };
  }
  if (thrown instanceof Throttled) return { ...judged, action: 'request.throttled', reason: thrown.code };
  if (thrown instanceof CsrfFailed) return { ...base, action: 'session.refused', reason: thrown.code };
  if (thrown instanceof ReadOnlyKey)
    return { ...judged, action: 'access_level.refused', reason: thrown.code };
  if (thrown instanceof PermissionDenied) {
    return { ...judged, action: 'permission.refused', reason: thrown.code };
  }
  return undefined;
}

/** `POST /api/orgs/:org_pk/roles`: the handler, not the address, which may hold anything. */
function handlerOf(request: FastifyRequest): string {
  return `${request.method} ${request.routeOptions.url ?? ''}`;
}
