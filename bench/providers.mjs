import { apiKey } from './requests.mjs';
import { keyText, organizationOf, userOfKey } from './seed.mjs';

/** Organizations that call a provider: as many as fill 64 connections, for each may have 32 calls under way. */
const CALLING = 8;
const BODY = JSON.stringify({ model: 'bench', input: 'Is there anything about Jane Roe?' });

/** Who calls: the number of an access key, and the organization. */
const CALLERS = Array.from({ length: CALLING }, (_, index) => ({
  n: index + 1,
  org: organizationOf(userOfKey(index + 1)),
}));

/** Makes the callers Owners, and stores a provider key in each of their organizations. Gives the id of the first. */
export async function storeProviderKeys(database, server) {
  const ids = [];
  for (const { n, org } of CALLERS) {
    await database.run({
      text: `UPDATE members SET role_id = (SELECT id FROM roles WHERE organization_id IS NULL AND name = 'Owner')
        WHERE organization_id = $1 AND user_id = $2`,
      values: [org, userOfKey(n)],
    });
    const answer = await fetch(`${server.url}/api/orgs/${org}/api-keys/`, {
      method: 'POST',
      headers: { ...apiKey(keyText(n)), 'content-type': 'application/json' },
      body: JSON.stringify({ key_type: 'A', key: `bench-provider-key-of-${org}` }),
    });
    const body = await answer.json();
    if (answer.status !== 201) throw new Error(`No provider key: ${answer.status} ${JSON.stringify(body)}`);
    ids.push(body.id);
  }
  return ids[0];
}

/** How many calls with a provider key the service has counted, by the database. */
export async function countedCalls(database, keyId) {
  const [{ calls }] = await database.run({
    text: 'SELECT coalesce(sum(calls), 0)::integer AS calls FROM provider_key_days WHERE provider_key_id = $1',
    values: [keyId],
  });
  return calls;
}

/** A call of each caller, through our service. */
export const callsThrough = (target, callers = CALLERS) =>
  callers.map(({ n, org }) => ({
    ...callTo(target),
    path: `/api/orgs/${org}/providers/A${target}`,
    headers: { ...callTo(target).headers, ...apiKey(keyText(n)) },
  }));

/** The same with one provider key alone, the first. */
export const callsOfOne = (target) => callsThrough(target, CALLERS.slice(0, 1));

/** The same call to the provider itself, or through what needs no key. */
export const callTo = (target) => ({
  method: 'POST',
  path: target,
  headers: { 'content-type': 'application/json' },
  body: BODY,
});
