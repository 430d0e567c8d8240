import { AuditSealer } from '../../src/audit/sealing/audit-sealer.js';
import { AuditVerifier } from '../../src/audit/verification/audit-verifier.js';
import type { Known } from './load.js';
import type { LoadedWorld } from './world.js';

/** Requests that one call may make: itself and two retries. */
const REQUESTS_PER_CALL = 3;

/** What must hold when the faults are over: nothing acknowledged is lost, nothing revoked works, the counts fit. */
export async function judgeTheEnd(world: LoadedWorld, known: Known): Promise<void> {
  await keysAreWhatWasAcknowledged(world, known);
  await auditIsWhole(world, known);
  await ledgerFits(world, known);
}

async function keysAreWhatWasAcknowledged(
  { direct, services, record }: LoadedWorld,
  { keys }: Known,
): Promise<void> {
  for (const [n, { id, key, state }] of keys.entries()) {
    record.requests += 1;
    const { status } = await direct.api
      .at(services[n % 2]?.url ?? '')
      .as({ key })
      .get('/api/orgs/');
    const expected = state === 'live' ? 200 : 401;
    if (status !== expected) record.violation(`key ${id} is ${state}, and was answered ${status}`);
  }
}

async function auditIsWhole({ direct, record }: LoadedWorld, { keys }: Known): Promise<void> {
  await direct.app.get(AuditSealer, { strict: false }).seal();
  const verdict = await direct.app.get(AuditVerifier, { strict: false }).verify();
  console.log(`audit: ${verdict.checked} links checked, ${verdict.breaks} broken`);
  for (const broken of verdict.broken.slice(0, 5)) record.violation(`audit: ${JSON.stringify(broken)}`);
  const missing = await direct.database.query<{ id: number; action: string }>(
    `SELECT w.id, w.action FROM unnest($1::int[], $2::text[]) AS w(id, action)
     WHERE NOT EXISTS (SELECT FROM audit_events e WHERE e.action = w.action AND e.subject_id = w.id)`,
    [keys.map(({ id }) => id), keys.map(({ event }) => event)],
  );
  for (const { id, action } of missing.slice(0, 5)) record.violation(`no event ${action} of key ${id}`);
}

async function ledgerFits({ direct, fakes, record }: LoadedWorld, { calls }: Known): Promise<void> {
  const seen = fakes.H.received.length;
  const [row] = await direct.database.query<{ counted: number; summed: number }>(
    `SELECT (SELECT coalesce(sum(calls), 0)::int FROM provider_key_days) AS counted,
       (SELECT coalesce(sum(succeeded) + sum(failed), 0)::int FROM provider_key_days) AS summed`,
  );
  const { counted = -1, summed = -1 } = row ?? {};
  console.log(
    `calls: ${calls.sent} sent, ${calls.answered} answered, ${seen} seen by the provider, ${counted} counted`,
  );
  if (calls.answered > seen) record.violation('more calls were answered than the provider saw');
  if (counted < seen) record.violation(`${counted} counted, ${seen} seen: calls are missing`);
  if (summed > counted) record.violation('more outcomes than calls');
  const most = calls.answered + REQUESTS_PER_CALL * (calls.sent - calls.answered) + (seen - calls.answered);
  if (counted > most) record.violation(`${counted} counted, ${most} at most can have been`);
}
