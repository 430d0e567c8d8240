import type { Proven } from '../auth/lookup/membership-join.js';
import { SCHEME_WORDS } from '../auth/accounts/me.dto.js';

/**
 * Who calls, for whoever stands behind the gateway (contract §7). Every header in every answer, empty where there is nothing:
 * of one that is missing, some gateways pass the client's own on (GHSA-7r4p-vjf4-gxv4). ASCII alone: what people may name as
 * they like is percent-encoded UTF-8.
 */
export function identityHeaders({ principal, membership, shown }: Proven): Record<string, string> {
  const { userId, credential } = principal;
  const key = credential.scheme === 'access_key' ? credential : undefined;
  return {
    'X-Auth-User': String(userId),
    'X-Auth-Email': encodeURIComponent(shown.email).replaceAll('%40', '@'),
    'X-Auth-Organization': membership ? String(membership.organizationId) : '',
    'X-Auth-Role': membership ? encodeURIComponent(shown.role ?? '') : '',
    'X-Auth-Scheme': SCHEME_WORDS[credential.scheme],
    'X-Auth-Key-Prefix': key?.prefix ?? '',
    'X-Auth-Access-Level': key?.accessLevel ?? '',
  };
}
