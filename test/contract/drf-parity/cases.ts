import { LISTS } from './lists.js';
import { type Case, ON_PURPOSE } from './parity.js';
import { REQUESTS } from './requests.js';
import { SCALARS } from './scalars.js';

/**
 * What clients written for Django REST Framework 3.14 and Simple JWT 5.2 send, and what they were answered there. Expectations
 * come from those projects' documents and code, and are held to those projects themselves (drf-parity-original.spec.ts); where
 * ours differ it is on purpose, and docs/django-rest-framework.md says so.
 */
export const CASES: readonly Case[] = [...REQUESTS, ...SCALARS, ...LISTS];

/** The cases, each with what it says in a line. */
export const TITLED = CASES.map((each) => {
  const { as, method, path, headers = {}, body = '' } = each;
  const sent = [...Object.values(headers), typeof body === 'string' ? body : body.toString('latin1')]
    .join(' ')
    .slice(0, 120);
  const parity = each.parity === 'same' ? 'same' : `on purpose: ${ON_PURPOSE[each.parity.onPurpose]}`;
  return [`${as}: ${method} ${path} ${sent} → ${each.status} (${parity})`, each] as const;
});
