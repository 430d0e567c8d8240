import type { EntityManager } from 'typeorm';
import {
  type ApiError,
  AuthenticationFailed,
  InvalidApiKey,
  InvalidBearer,
  ReadOnlyKey,
} from '../common/errors.js';
import type { AccessLevel } from './access-level.js';
import type { Actor, Credential } from './principal.js';

/**
 * Each kind of credential, unless somebody ended it, by the first use of a successor too; held, with its user, until the
 * transaction ends. What time alone ends is not asked again: it was alive when the request came.
 */
const STATEMENTS: Record<Credential['scheme'], string> = {
  access_key: `
    SELECT c.access_level FROM access_keys c JOIN users u ON u.id = c.user_id
    WHERE c.id = $1 AND c.revoked_at IS NULL AND u.is_active
      AND (c.suspended_at IS NULL OR c.suspended_until <= app_now())
      AND (c.retires_at IS NULL OR c.grace_seconds > 0)
    FOR SHARE OF c, u`,
  jwt: `
    SELECT FROM token_families c JOIN users u ON u.id = c.user_id
    WHERE c.id = $1 AND c.ended_at IS NULL AND c.auth_epoch = u.auth_epoch AND u.is_active FOR SHARE OF c, u`,
  session: `
    SELECT FROM sessions c JOIN users u ON u.id = c.user_id
    WHERE c.id = $1 AND c.ended_at IS NULL AND c.auth_epoch = u.auth_epoch AND u.is_active FOR SHARE OF c, u`,
};

/**
 * That the credential behind an act still opens something, and does until the transaction ends: a revocation, a logout or
 * a password change that committed after the guards judged it must win over a write that grants (contract §2). The
 * operator at the command line has none and is not asked. Errors: those of authentication; ReadOnlyKey for a key that was
 * narrowed meanwhile.
 */
export async function mustStillOpen(manager: EntityManager, { credential }: Actor): Promise<void> {
  if (!credential) return;
  const { scheme } = credential;
  const [row] = await manager.query<{ access_level?: AccessLevel }[]>(STATEMENTS[scheme], [idOf(credential)]);
  if (!row) throw ended(credential);
  if (row.access_level === 'read_only') throw new ReadOnlyKey();
}

function idOf(credential: Credential): number {
  if (credential.scheme === 'access_key') return credential.keyId;
  return credential.scheme === 'jwt' ? credential.familyId : credential.sessionId;
}

function ended(credential: Credential): ApiError {
  const reason = 'ended_meanwhile';
  if (credential.scheme === 'jwt') return InvalidBearer.notValid(reason);
  if (credential.scheme === 'session') return new AuthenticationFailed('Invalid session.', reason);
  return new InvalidApiKey(reason, { prefix: credential.prefix, id: credential.keyId });
}
