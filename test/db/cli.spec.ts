import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { AuditSealer } from '../../src/audit/sealing/audit-sealer.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { callingStaff } from '../support/callers.js';
import { run } from '../support/command.js';
import { type DjangoKey, sha512Key } from '../support/django-keys.js';
import type { MadeUser } from '../support/factory.js';
import { sessionOf } from '../support/sign-in.js';
import { settingsOf, startChild } from '../support/service-process.js';

let test: TestApp;
let folder: string;
beforeAll(async () => {
  test = await startTestApp();
  folder = mkdtempSync(path.join(tmpdir(), 'cli-'));
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await test.close();
});

/** Runs a command as a process of its own: its exit status, and what `--json` printed. */
async function cli(...words: string[]): Promise<{ status: number; told: Record<string, unknown> }> {
  const child = startChild('cli-child.mjs', test, { CLI_ARGUMENTS: JSON.stringify(['--json', ...words]) });
  const line = await child.nextLine();
  const [status] = (await child.ended) as [number];
  return { status, told: JSON.parse(line ?? '{}') as Record<string, unknown> };
}

function file(name: string, text: string | Buffer): string {
  const place = path.join(folder, name);
  writeFileSync(place, text);
  return place;
}

describe('cli audit verify', () => {
  it('tells {ok, checked, broken}: nothing broken; then which row was altered; then, by a kept head, that the tail was cut', async () => {
    const org = await test.make.org();
    const staff = (await callingStaff(test)).api;
    for (const name of ['First', 'Second', 'Third']) {
      await staff.patch(`/api/admin/orgs/${org.id}/`, { name });
      await test.app.get(AuditSealer).seal(); // so that each has a signed head of its own
    }
    const [{ id: last } = { id: 0 }] = await test.database.query<{ id: number }>(
      'SELECT max(id)::int AS id FROM audit_events WHERE organization_id = $1',
      [org.id],
    );
    expect(await cli('audit', 'verify')).toMatchObject({
      status: 0,
      told: { ok: true, checked: 3, broken: [] },
    });
    const chain = `organization:${org.id}`;
    const heads = file('heads.json', JSON.stringify((await cli('audit', 'heads')).told));

    const alter = `UPDATE audit_events SET actor_id = actor_id + $2 WHERE id = $1`;
    await test.database.query(alter, [last, 1]);
    expect(await cli('audit', 'verify')).toMatchObject({
      status: 1,
      told: { ok: false, checked: 3, broken: [{ chain, sequence: 3, event: last, problem: 'altered' }] },
    });
    await test.database.query(alter, [last, -1]);

    for (const table of ['audit_heads', 'audit_links'])
      await test.database.query(`DELETE FROM ${table} WHERE chain = $1 AND sequence = 3`, [chain]);
    await test.database.query('DELETE FROM audit_events WHERE id = $1', [last]);
    expect(await cli('audit', 'verify', '--head', heads)).toMatchObject({
      status: 1,
      told: { ok: false, checked: 2, broken: [{ chain, sequence: 3, problem: 'cut' }] },
    });
  });
});

/** A line of an import. */
const rowOf = ({ prefix, hashed_key }: DjangoKey, { email }: MadeUser, name = 'Moved'): string =>
  JSON.stringify({ prefix, hashed_key, user_email: email, access_level: 'full_access', name });

describe('cli access-keys import', () => {
  it('moves keys over that work at once, tells of every refused row, and its exit status says whether there was one', async () => {
    const user = await test.make.user();
    const key = sha512Key();
    const row = (over: object = {}): string =>
      JSON.stringify({
        prefix: key.prefix,
        hashed_key: key.hashed_key,
        user_email: user.email,
        access_level: 'full_access',
        name: 'Moved',
        ...over,
      });
    const lines = file('good.ndjson', `${row()}\n`);
    expect(await cli('access-keys', 'import', lines, '--dry-run')).toEqual({
      status: 0,
      told: { dry_run: true, imported: 1, already_imported: 0, refused: [] },
    });
    expect((await test.api.as(key).get('/api/orgs/')).status).toBe(401);
    const good = await cli('access-keys', 'import', lines);
    expect(good).toMatchObject({ status: 0, told: { imported: 1, refused: [] } });
    expect((await test.api.as(key).get('/api/orgs/')).status).toBe(200);
    const bad = file('bad.ndjson', `${row({ prefix: 'aaaaaaaa', user_email: 'nobody@example.com' })}\n`);
    expect(await cli('access-keys', 'import', bad)).toMatchObject({
      status: 1,
      told: { imported: 0, refused: [{ line: 1, prefix: 'aaaaaaaa' }] },
    });
  });

  it('takes what comes through a pipe, which can be read but once', async () => {
    const key = sha512Key();
    const lines = file('piped.ndjson', `${rowOf(key, await test.make.user())}\n`);
    const { status, stdout } = await run(
      'sh',
      ['-c', 'cat "$0" | "$1" test/support/cli-child.mjs', lines, process.execPath],
      {
        variables: {
          ...settingsOf(test),
          NODE_ENV: 'test',
          CLI_ARGUMENTS: JSON.stringify(['--json', 'access-keys', 'import', '/dev/stdin']),
        },
      },
    );
    expect({ status, told: JSON.parse(stdout) as unknown }).toEqual({
      status: 0,
      told: { imported: 1, already_imported: 0, refused: [] },
    });
    expect((await test.api.as(key).get('/api/orgs/')).status).toBe(200);
  });

  it('refuses a line that is not UTF-8, rather than to take a name that nobody gave', async () => {
    const user = await test.make.user();
    const [broken, good] = [sha512Key(), sha512Key()];
    const lines = file(
      'latin1.ndjson',
      Buffer.from(`${rowOf(broken, user, 'M\xfcller')}\n${rowOf(good, user, 'Mueller')}\n`, 'latin1'),
    );
    expect(await cli('access-keys', 'import', lines)).toEqual({
      status: 1,
      told: {
        imported: 1,
        already_imported: 0,
        refused: [{ line: 1, prefix: null, errors: { non_field_errors: ['Not valid JSON in UTF-8.'] } }],
      },
    });
    expect((await test.api.as(broken).get('/api/orgs/')).status).toBe(401);
    expect((await test.api.as(good).get('/api/orgs/')).status).toBe(200);
  });
});

it('cli keyring status attests 0 rows under an old key', async () => {
  expect(await cli('keyring', 'status')).toMatchObject({
    status: 0,
    told: { attests: '0 rows under an old key', unreadable: [] },
  });
});

it('a command that can not be done exits with 1, and says what there is not', async () => {
  const error = { code: 'refused', message: 'There is no access key aaaaaaaa.' };
  expect(await cli('access-keys', 'revoke', 'aaaaaaaa')).toEqual({ status: 1, told: { error } });
});

describe('cli requests', () => {
  it('lists what members ask for, approves narrower and declines; what is wider, decided or nameless is told and changes nothing', async () => {
    const org = await test.make.org();
    const user = await test.make.member(org, 'Viewer');
    const person = test.api.as(await sessionOf(test, user));
    const ask = async (): Promise<number> => {
      const wish = { organization: org.id, access_level: 'full_access', name: 'Nightly', reason: 'R' };
      return (await person.post('/api/auth/access-key-requests/', wish)).body.id as number;
    };
    const [first, second] = [await ask(), await ask()];
    const run = (...words: string[]) => cli('requests', ...words);

    const approved = await run('approve', String(first), '--level', 'read_only');
    expect(approved).toMatchObject({ status: 0, told: { id: first, status: 'approved' } });
    const grant = approved.told.access_key_grant as number;
    expect((await person.get('/api/auth/access-key-grants/')).body.results).toMatchObject([
      { id: grant, created_by: null, issued_via: 'cli', access_level: 'read_only' },
    ]);
    expect((await person.post(`/api/auth/access-key-grants/${grant}/redeem/`)).status).toBe(201);

    expect((await run('approve', String(first))).status).toBe(1);
    expect((await run('approve', String(second), '--expires', '2190-01-01T00:00:00Z')).status).toBe(1);
    expect((await run('decline', String(second), '--reason', ' ')).status).toBe(1);
    expect(await run('list', '--org', String(org.id), '--status', 'open')).toMatchObject({
      status: 0,
      told: { results: [{ id: second, user: user.id, status: 'open', reason: 'R' }] },
    });
    expect(await run('decline', String(second), '--reason', 'Ask again.')).toMatchObject({
      status: 0,
      told: { id: second, status: 'declined' },
    });
    expect((await person.get(`/api/auth/access-key-requests/${second}/`)).body).toMatchObject({
      decline_reason: 'Ask again.',
      decided_by: null,
    });
  });
});
