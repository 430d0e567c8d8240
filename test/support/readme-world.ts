import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startTestApp, type TestApp } from './app.js';

const DAY = 86_400;

/** What the clients' READMEs take for given: a service, a member of one organization, her credentials. */
export interface ReadmeWorld {
  readonly test: TestApp;
  /** The environment that the examples read. */
  readonly variables: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

export async function startReadmeWorld(): Promise<ReadmeWorld> {
  const test = await startTestApp();
  const folder = mkdtempSync(path.join(tmpdir(), 'readme-'));
  const org = await test.make.org({ name: 'Northwind' });
  const ada = await test.make.member(org, 'Owner');
  const grace = await test.make.member(org, 'Viewer');
  await test.database.query(`UPDATE users SET email = 'ada@example.com' WHERE id = $1`, [ada.id]);
  await test.database.query(`UPDATE users SET email = 'grace@example.com' WHERE id = $1`, [grace.id]);
  const ending = await test.make.accessKey(ada, { organization: org, expiresInSeconds: 3 * DAY });
  const file = path.join(folder, 'cryptocomply.key');
  writeFileSync(file, `${ending.key}\n`, { mode: 0o600 });
  return {
    test,
    variables: {
      CRYPTOCOMPLY_URL: test.url,
      CRYPTOCOMPLY_API_KEY: (await test.make.accessKey(ada, { organization: org })).key,
      CRYPTOCOMPLY_EMAIL: 'ada@example.com',
      CRYPTOCOMPLY_PASSWORD: await test.make.password(ada),
      CRYPTOCOMPLY_KEY_FILE: file,
    },
    close: async () => {
      rmSync(folder, { recursive: true });
      await test.close();
    },
  };
}
