import { AuditBacklog } from '../../audit/sealing/audit-backlog.js';
import { AuditHeads } from '../../audit/chain/audit-heads.js';
import type { Env } from '../../config/env.js';
import { KeyRingCheck } from '../../provider-keys/key-ring-check.js';
import { obstacleOf } from '../../process/failures.js';
import { inContext } from '../context.js';
import { type Finding, finding, problem, warning } from './finding.js';
import { OLDEST_KEY_DAYS } from './settings.js';

/** Seconds after which an event that waits to be sealed says that nobody seals. */
const LONGEST_WAIT_SECONDS = 60;

/** Whether the secrets of this environment are those of its database. Changes nothing. */
export async function examineSecrets(env: Env): Promise<Finding[]> {
  try {
    return await inContext(env, async (services) => [
      await keyRing(services(KeyRingCheck), env),
      await heads(services(AuditHeads)),
      await backlog(services(AuditBacklog)),
    ]);
  } catch (error) {
    const obstacle = obstacleOf(error);
    if (!obstacle) throw error;
    const todo =
      'Give this instance the secrets that the others have, or those of the backup that the database came from.';
    return [finding('key ring', obstacle.message, problem(todo))];
  }
}

async function keyRing(ring: KeyRingCheck, { SEALING_KEYS: { writer, keys } }: Env): Promise<Finding> {
  await ring.check();
  const ages = await ring.ages();
  const age = ages.get(writer);
  const others = Object.keys(keys).length - 1;
  return finding(
    'key ring',
    `this database’s; ${writer} seals, ${age === undefined ? 'never used yet' : `since ${age} days`}; ${others} more open`,
    age !== undefined &&
      age > OLDEST_KEY_DAYS &&
      warning('Roll it: docs/operations.md, "Rolling the key ring".'),
  );
}

async function heads(audit: AuditHeads): Promise<Finding> {
  const { chains, foreign } = await audit.examine();
  return finding(
    'audit heads',
    foreign.length > 0
      ? `signed by no SECRET_KEY that is known: ${foreign.join(', ')}`
      : `${chains} chains, each with a head that is ours`,
    foreign.length > 0 &&
      problem(
        'If SECRET_KEY was changed, set AUDIT_PUBLIC_KEYS (docs/operations.md, "The other secrets"); else somebody wrote these heads.',
      ),
  );
}

async function backlog(audit: AuditBacklog): Promise<Finding> {
  const { events, oldestSeconds } = await audit.read();
  return finding(
    'audit sealing',
    events === 0 ? 'nothing waits' : `${events} events wait, the oldest for ${oldestSeconds} seconds`,
    oldestSeconds > LONGEST_WAIT_SECONDS &&
      warning('Start a service: the command line writes events, a service seals them.'),
  );
}
