import { timeOfDay } from '../../common/clock.js';
import { type Env, InvalidEnvironment, readEnv } from '../../config/env.js';
import { type Finding, finding, problem, warning } from './finding.js';

const DAY_MS = 86_400_000;
/** A key that signs is replaced once a year (NIST SP 800-57 part 1, 5.3.6: one to three years for a private signature key). */
export const OLDEST_KEY_DAYS = 365;
/** The releases of Node that all tests pass on. */
const NODE_RELEASES = [20, 22, 24];

/** The settings, if they can be used, and what there is to say about them. */
export function examineSettings(): { env?: Env; findings: Finding[] } {
  const findings = [nodeRelease()];
  try {
    const env = readEnv();
    return {
      env,
      findings: [...findings, finding('settings', 'complete'), ...ofProduction(env), signingKey(env)],
    };
  } catch (error) {
    if (!(error instanceof InvalidEnvironment)) throw error;
    const told = error.problems.map((found) =>
      finding(
        'settings',
        found,
        problem('docs/operations.md says what each setting means; `cli init` makes the secrets.'),
      ),
    );
    return { findings: [...findings, ...told] };
  }
}

function nodeRelease(): Finding {
  const { node } = process.versions;
  const known = NODE_RELEASES.includes(Number.parseInt(node, 10));
  return finding(
    'node',
    node,
    !known && warning(`Run it on Node ${NODE_RELEASES.join(', ')}: these are tested.`),
  );
}

function ofProduction(env: Env): Finding[] {
  if (!env.production)
    return [
      finding(
        'environment',
        env.NODE_ENV,
        warning('Where it counts, set NODE_ENV=production, which closes what development leaves open.'),
      ),
    ];
  return [
    finding('environment', 'production'),
    finding(
      'proxies',
      env.TRUSTED_PROXIES.join(', ') || 'none is trusted',
      env.TRUSTED_PROXIES.length === 0 &&
        warning(
          'Behind a proxy set TRUSTED_PROXIES: without it, all callers share the limits of its address.',
        ),
    ),
    finding(
      'metrics',
      env.METRICS_TOKEN ? 'open to whoever has METRICS_TOKEN' : 'closed',
      !env.METRICS_TOKEN && warning('Set METRICS_TOKEN to watch this instance.'),
    ),
  ];
}

/** The age of the key that signs, by the `iat` that `cli init` gave it. */
function signingKey({ JWT_KEYS: { keys } }: Env): Finding {
  const [signer] = keys;
  const madeAt = Number(signer?.['iat']);
  const others = keys.length > 1 ? `, ${keys.length - 1} more verify` : '';
  if (!Number.isFinite(madeAt))
    return finding('signing key', `${signer?.kid ?? ''}, of unknown age${others}`);
  const days = Math.floor((timeOfDay() - madeAt * 1000) / DAY_MS);
  return finding(
    'signing key',
    `${signer?.kid ?? ''}, ${days} days old${others}`,
    days > OLDEST_KEY_DAYS && warning('Roll it: docs/operations.md, "Rolling the signing key".'),
  );
}
