import { DataSource } from 'typeorm';
import { Acts } from '../../src/acts/acts.js';
import { SecretBox } from '../../src/common/crypto/secret-box.js';
import { randomText } from '../../src/common/crypto/random-text.js';
import { newSealingKey, type SealingKeys } from '../../src/config/sealing-keys.js';
import { KeyRingCheck } from '../../src/provider-keys/key-ring-check.js';
import { KeyRingRotation } from '../../src/provider-keys/key-ring-rotation.js';
import { ProviderSecrets } from '../../src/provider-keys/provider-secrets.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { recordFigure } from '../support/figures.js';
import { callingMember } from '../support/callers.js';
import { hold } from '../support/hold.js';
import { makeSealedRows, openAll } from '../support/sealed-rows.js';
import { startChild } from '../support/service-process.js';
import { until } from '../support/until.js';

/** `KILLS=50 npx jest key-ring-rotation` for the long run. */
const KILLS = Number(process.env['KILLS'] ?? 6);
const ROWS_PER_KILL = 150;

let test: TestApp;
let next: SealingKeys;
beforeAll(async () => {
  test = await startTestApp();
  const { kid, key } = newSealingKey();
  next = { writer: kid, keys: { ...test.env.SEALING_KEYS.keys, [kid]: key } };
  await (await test.another({ SEALING_KEYS: JSON.stringify(next) })).close(); // introduces the new key
});
afterEach(() => test.database.query('DELETE FROM provider_keys'));
afterAll(() => test.close());

it(
  `${KILLS} kills -9 during a rotation: every secret opens after each, and one more run ends it (I4)`,
  async () => {
    const org = await test.make.org();
    const box = new SecretBox(next);
    const rows = ROWS_PER_KILL * (KILLS + 1);
    const secrets = await makeSealedRows(test.database, new SecretBox(test.env.SEALING_KEYS), org, rows);
    const ids = [...secrets.keys()];
    const moved = async (): Promise<number> => {
      const [row] = await test.database.query<{ n: number }>(
        'SELECT count(*)::int AS n FROM provider_keys WHERE organization_id = $1 AND sealing_kid = $2',
        [org.id, next.writer],
      );
      return row?.n ?? 0;
    };
    const rotate = async () => {
      const child = startChild('rotation-child.mjs', test, { SEALING_KEYS: JSON.stringify(next) });
      expect(await child.nextLine()).toBe('begins');
      return child;
    };

    for (let kill = 1; kill <= KILLS; kill += 1) {
      // Every other time amid a statement that waits for a row, else wherever it happens to be before a row that it can't pass.
      const [amid, stop] = [kill % 2 === 1, kill * ROWS_PER_KILL];
      const id = ids[amid ? stop : stop + ROWS_PER_KILL / 2];
      const held = await hold(test.database, `SELECT FROM provider_keys WHERE id = ${id} FOR UPDATE`);
      const child = await rotate();
      if (amid) await held.waitedFor();
      else await until(async () => (await moved()) >= stop - ROWS_PER_KILL / 2);
      await child.kill();
      await held.finish();
      expect(await openAll(test.database, box, org)).toEqual(secrets);
    }
    expect(await moved()).toBeLessThan(rows);
    const last = await rotate();
    expect(JSON.parse((await last.nextLine()) ?? '')).toMatchObject({ writer: next.writer, unreadable: [] });
    await last.ended;
    expect(await moved()).toBe(rows);
    expect(await openAll(test.database, box, org)).toEqual(secrets);
    recordFigure(
      'db/key-ring-rotation',
      `${KILLS} kills, ${rows} secrets: every one opens after each, and one more run ends it`,
    );
  },
  30_000 + KILLS * 10_000,
);

it('secrets that are stored during rotations are never lost: the last write wins and opens (I6)', async () => {
  const org = await test.make.org();
  const owner = await callingMember(test, org, 'Owner');
  const url = `/api/orgs/${org.id}/api-keys/`;
  const { body } = await owner.api.post(url, { key_type: 'H', key: `canary-${randomText(24)}` });
  const rotationTo = (writer: string): KeyRingRotation => {
    const box = new SecretBox({ ...next, writer });
    return new KeyRingRotation(
      test.app.get(DataSource),
      box,
      new ProviderSecrets(box),
      test.app.get(KeyRingCheck),
      test.app.get(Acts),
    );
  };
  const rotations = Object.keys(next.keys).map(rotationTo);
  for (let round = 0; round < 150; round += 1) {
    const secret = `canary-${round}-${randomText(24)}`;
    const [written] = await Promise.all([
      owner.api.patch(`${url}${body.id}/`, { key: secret }),
      ...rotations.map((rotation) => rotation.run()),
    ]);
    expect(written.status).toBe(200);
    expect(await openAll(test.database, new SecretBox(next), org)).toEqual(new Map([[body.id, secret]]));
  }
}, 120_000);
