import { KeyLastUse } from '../../src/api-access-keys/use/last-use.js';
import { addressesOf } from '../../src/http/forwarded-addresses.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { CONTRACT_LIMITS, from, guess, inARow, times } from '../support/limits.js';

let test: TestApp;
beforeAll(async () => {
  test = await startTestApp({ ...CONTRACT_LIMITS, TRUSTED_PROXIES: '127.0.0.1,10.0.0.0/8' });
});
afterAll(() => test.close());

/** What a proxy in front of us sends → whom the request comes from. */
const HEADERS: [string, string][] = [
  ['198.51.100.7', '198.51.100.7'],
  ['198.51.100.7:443', '198.51.100.7'],
  ['198.51.100.7:443, 127.0.0.1:4000', '198.51.100.7'],
  ['198.51.100.7:443,10.1.2.3:80 , 10.1.2.4', '198.51.100.7'],
  ['[2001:db8::1]:443', '2001:db8::1'],
  ['[2001:db8::2]', '2001:db8::2'],
  ['"[2001:db8::3]:443"', '2001:db8::3'],
  ['2001:db8::4', '2001:db8::4'],
  ['::ffff:198.51.100.8', '198.51.100.8'],
  ['[::ffff:198.51.100.9]:1', '198.51.100.9'],
  ['203.0.113.9:1, 198.51.100.7:443', '198.51.100.7'], // the first is the client's own word
  ['nonsense, 198.51.100.7:443', '198.51.100.7'],
  ['198.51.100.7, unknown', '127.0.0.1'], // the proxy knows nobody: its own address counts
  ['198.51.100.7:port', '127.0.0.1'],
  ['', '127.0.0.1'],
];

describe('The address behind trusted proxies', () => {
  it.each(HEADERS)('%j: last use, audit log and request log have %s', async (header, address) => {
    const org = await test.make.org();
    const { id, key } = await test.make.accessKey(await test.make.member(org, 'Owner'));
    const api = from(test, header)
      .with({ 'x-request-id': `use-${id}` })
      .as({ key });
    expect((await api.post(`/api/orgs/${org.id}/roles/`, { name: 'Made', permissions: [] })).status).toBe(
      201,
    );
    await test.app.get(KeyLastUse, { strict: false }).flush();
    const used = await test.database.query('SELECT last_used_ip AS ip FROM access_keys WHERE id = $1', [id]);
    expect(used).toEqual([{ ip: address }]);
    const recorded = await test.database.query('SELECT ip FROM audit_events WHERE organization_id = $1', [
      org.id,
    ]);
    expect(recorded).toEqual([{ ip: address }]);
    const line = test
      .logs()
      .split('\n')
      .find((text) => text.includes(`"request_id":"use-${id}"`));
    expect(JSON.parse(line ?? '{}')).toMatchObject({ ip: address });
  });

  it('clients behind one proxy that appends ports have limits of their own, and one client has one limit', async () => {
    const email = (await test.make.user()).email;
    const ofOne = await inARow(31, (n) => guess(from(test, `[2001:db8:1::1]:${4000 + n}`), `${n}-${email}`));
    expect(ofOne).toEqual([...times(401, 30), 429]);
    const ofOthers = await inARow(3, (n) =>
      guess(from(test, `[2001:db8:${2 + n}::1]:443`), `other-${n}-${email}`),
    );
    expect(ofOthers).toEqual(times(401, 3));
  });

  it('what stands before an unreadable entry is not believed', () => {
    expect(addressesOf('192.0.2.1, unknown, 198.51.100.7:1, 10.0.0.1')).toBe('198.51.100.7, 10.0.0.1');
    expect(addressesOf('192.0.2.1, , 198.51.100.7')).toBe('192.0.2.1, 198.51.100.7');
    expect(addressesOf('999.1.1.1')).toBe('');
  });
});
