import { Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { type JudgedRequest, originOf } from '../../access/decorators.js';
import { anonymous } from '../../access/principal.js';
import { ErrorListener } from '../../http/error-listener.js';
import {
  AuthenticationFailed,
  CsrfFailed,
  InvalidApiKey,
  InvalidBearer,
  PermissionDenied,
  ReadOnlyKey,
  Throttled,
} from '../../common/errors.js';
import type { AuditEntry } from '../audit-entry.js';
import { type Refusal, RefusalLog } from './refusal-log.js';

/** Reasons are words of ours; what a library says may quote the caller. */
const REASON = /^[\w .-]{1,60}$/;

/**
 * Records what the guards refused (ASVS 16.3.1, 16.3.2): a bad credential, a role that lacks the permission, a read-only
 * key's write, one attempt too many. It is told of the error that they throw, once that is answered.
 */
@Injectable()
export class GuardRefusals extends ErrorListener {
  constructor(private readonly refusals: RefusalLog) {
    super();
  }

  override onAnswered(thrown: unknown, request: FastifyRequest): void {
    const refusal = refusalOf(thrown);
    if (refusal) this.refusals.addOf(refusal, request.ip, () => entryOf(thrown, refusal.action, request));
  }
}

function refusalOf(thrown: unknown): Refusal | undefined {
  if (thrown instanceof InvalidApiKey) return { action: 'access_key.refused', reason: thrown.reason };
  if (thrown instanceof InvalidBearer) {
    return { action: 'bearer.refused', reason: REASON.test(thrown.reason) ? thrown.reason : 'malformed' };
  }
  if (thrown instanceof AuthenticationFailed) return { action: 'session.refused', reason: thrown.reason };
  if (thrown instanceof CsrfFailed) return { action: 'session.refused', reason: thrown.code };
  if (thrown instanceof Throttled) return { action: 'request.throttled', reason: thrown.code };
  if (thrown instanceof ReadOnlyKey) return { action: 'access_level.refused', reason: thrown.code };
  if (thrown instanceof PermissionDenied) return { action: 'permission.refused', reason: thrown.code };
  return undefined;
}

/** Of a refused credential's owner nothing is known but what a key's prefix tells. */
function entryOf(thrown: unknown, action: string, request: JudgedRequest): AuditEntry {
  const { principal, membership } = request;
  const by = principal ?? anonymous(originOf(request));
  const key = thrown instanceof InvalidApiKey ? thrown.key : undefined;
  return {
    by,
    action,
    organizationId: key?.organizationId ?? membership?.organizationId ?? null,
    userId: key?.userId ?? null,
    ...(key?.id !== undefined && { subject: { type: 'access_key', id: key.id } }),
    details: { ...(key && { prefix: key.prefix }), request: handlerOf(request) },
  };
}

/** `POST /api/orgs/:org_pk/roles`: the handler, not the address, which may hold anything. */
function handlerOf(request: FastifyRequest): string {
  return `${request.method} ${request.routePath ?? ''}`;
}
