import { ACCESS_LEVELS } from '../access/access-level.js';
import { KEY_TYPES } from '../access/key-types.js';
import { PERMISSIONS } from '../access/permissions.js';
import { MADE_TYPES } from '../api-access-keys/access-key.dto.js';
import { GRANT_STATUSES } from '../api-access-keys/grants/grant-status.js';
import { KEY_STATUSES } from '../api-access-keys/key-status.js';
import { REQUEST_STATUSES } from '../api-access-keys/requests/request-status.js';
import { BREACHES } from '../api-access-keys/review/breaches.js';
import { COMPONENT_STATES, READINESS } from '../health/health.controller.js';
import { MEMBER_STATUSES } from '../organizations/member-status.js';
import { KEY_HEALTH } from '../provider-keys/key-health.js';
import type { Document, Schema } from './document.js';

/** The sets of words that appear in several places, by the names that clients know them by. */
const NAMED: Readonly<Record<string, readonly string[]>> = {
  AccessLevel: ACCESS_LEVELS,
  AccessKeyStatus: KEY_STATUSES,
  AccessKeyBreach: BREACHES,
  AccessKeyRequestStatus: REQUEST_STATUSES,
  ComponentState: COMPONENT_STATES,
  GrantStatus: GRANT_STATUSES,
  MadeType: MADE_TYPES,
  MemberStatus: MEMBER_STATUSES,
  Permission: PERMISSIONS,
  ProviderKeyHealth: KEY_HEALTH,
  ProviderKeyType: KEY_TYPES,
  Readiness: READINESS,
  ReviewFormat: ['json', 'csv'],
};

/** Makes each set of words that several places share a schema of its own. */
export function nameEnums(document: Document): void {
  const names = new Map(Object.entries(NAMED).map(([name, words]) => [words.join(), name]));
  const found = new Set<string>();
  const visit = (node: unknown): void => {
    if (typeof node !== 'object' || node === null) return;
    Object.values(node).forEach(visit);
    const schema = node as Schema;
    const name = Array.isArray(schema.enum) && names.get(schema.enum.join());
    if (!name) return;
    found.add(name);
    delete schema.enum;
    delete schema.type;
    schema.$ref = `#/components/schemas/${name}`;
  };
  visit(document.paths);
  visit(document.components.schemas);
  for (const name of [...found].sort()) {
    document.components.schemas[name] = { type: 'string', enum: [...(NAMED[name] ?? [])] };
  }
}
