import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { AuditSealer } from '../../src/audit/sealing/audit-sealer.js';
import { AuditVerifications } from '../../src/audit/verification/audit-verifications.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { callingStaff } from '../support/callers.js';
import { runCommand } from '../support/command.js';
import { settingsOf } from '../support/service-process.js';
import { temporaryFolder } from '../support/temporary-folder.js';

let test: TestApp;
beforeEach(async () => {
  test = await startTestApp();
});
afterEach(() => test.close());

const newSecretKey = () => ({ SECRET_KEY: randomBytes(32).toString('base64url') });

/** Something that is recorded, and sealed by this instance; gives the chain that it went into. */
async function anEvent(instance: TestApp): Promise<string> {
  const { api } = await callingStaff(test);
  const made = await api.post('/api/admin/orgs/', { name: 'Acme' });
  expect(made.status).toBe(201);
  await instance.app.get(AuditSealer, { strict: false }).seal();
  return `organization:${String(made.body.id)}`;
}

/** What a verification finds that is given nothing but the settings, as the daily one. */
async function verified(instance: TestApp): Promise<unknown> {
  const verdict = await instance.app.get(AuditVerifications, { strict: false }).verify();
  return { breaks: verdict.breaks, problems: [...new Set(verdict.broken.map(({ problem }) => problem))] };
}

/** The setting that `audit public-keys` tells under the settings of an instance. */
async function publicKeys(variables: Record<string, string>): Promise<Record<string, string>> {
  const { status, stdout } = await runCommand(['--json', 'audit', 'public-keys'], variables);
  expect(status).toBe(0);
  const told = JSON.parse(stdout) as { for_the_environment: string };
  const [, value = ''] = /^AUDIT_PUBLIC_KEYS=([\w-]+)$/.exec(told.for_the_environment) ?? [];
  return { AUDIT_PUBLIC_KEYS: value };
}

describe('When SECRET_KEY is changed', () => {
  it('the audit log stays good where AUDIT_PUBLIC_KEYS tells the earlier keys, after a second change as well', async () => {
    await anEvent(test);
    const first = settingsOf(test);
    const [second, third] = [newSecretKey(), newSecretKey()];
    const earlier = await publicKeys(first);
    const changed = await test.another({ ...second, ...earlier });
    expect(await verified(changed)).toEqual({ breaks: 0, problems: [] });
    await anEvent(changed);
    const both = await publicKeys({ ...first, ...second, ...earlier });
    const again = await test.another({ ...third, ...both });
    await anEvent(again);
    expect(await verified(again)).toEqual({ breaks: 0, problems: [] });
    const unaware = await test.another(third);
    expect(await verified(unaware)).toMatchObject({ problems: ['unknown_key'] });
    for (const instance of [changed, again, unaware]) await instance.close();
  });

  it('heads that were exported before are evidence after it, just as `audit heads` printed them', async () => {
    const chain = await anEvent(test);
    const variables = settingsOf(test);
    const { stdout } = await runCommand(['audit', 'heads'], variables);
    const file = path.join(temporaryFolder(), 'heads.json');
    writeFileSync(file, stdout);
    await test.database.query('DELETE FROM audit_heads; DELETE FROM audit_links; DELETE FROM audit_events');
    const verification = await runCommand(['--json', 'audit', 'verify', '--head', file], {
      ...variables,
      ...newSecretKey(),
    });
    expect(verification.status).toBe(1);
    expect(JSON.parse(verification.stdout)).toMatchObject({
      ok: false,
      breaks: 1,
      broken: [{ chain, sequence: 1, problem: 'cut' }],
    });
  });

  it.each([
    ['no JSON', 'x{'],
    ['no list', '{}'],
    ['a private key', JSON.stringify([{ kty: 'OKP', crv: 'Ed25519', d: 'x', kid: 'k' }])],
    ['a short key', JSON.stringify([{ kty: 'OKP', crv: 'Ed25519', x: 'AAAA', kid: 'k' }])],
  ])('AUDIT_PUBLIC_KEYS that holds %s is refused in a sentence', async (_what, AUDIT_PUBLIC_KEYS) => {
    const { status, stderr } = await runCommand(['audit', 'public-keys'], {
      ...settingsOf(test),
      AUDIT_PUBLIC_KEYS,
    });
    expect(status).not.toBe(0);
    expect(stderr).toMatch(/^ *- AUDIT_PUBLIC_KEYS: .+$/m);
    expect(stderr).not.toMatch(/^\s+at /m);
  });
});
