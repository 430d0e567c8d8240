import { PasswordHasher } from '../../src/users/password-hasher.js';
import { startTestApp, type TestApp } from '../support/app.js';
import type { MadeUser } from '../support/factory.js';
import { CONTRACT_LIMITS, endWindows, from, guess, inARow, times } from '../support/limits.js';
import { hold } from '../support/hold.js';
import { loginHeaders } from '../support/log-in.js';
import { bearerOf, sessionOf } from '../support/sign-in.js';

let test: TestApp;
let second: TestApp;
let user: MadeUser;
let password: string;
let host = 0;
/** An address that nothing came from yet. */
const somewhere = (): string => `198.51.100.${(host += 1)}`;

beforeAll(async () => {
  test = await startTestApp(CONTRACT_LIMITS);
  second = await test.another();
});
afterAll(async () => {
  await second.close();
  await test.close();
});
beforeEach(async () => {
  user = await test.make.user();
  password = await test.make.password(user);
});

const logIn = (address: string, instance = test) =>
  from(instance, address).post('/api/auth/token/', { email: user.email, password });

describe('failures are counted by account and by address, in all instances together (E1)', () => {
  it('hashes at most ten of a hundred parallel wrong passwords for an account, whichever instance gets them', async () => {
    const hashers = [test, second].map(({ app }) => app.get(PasswordHasher));
    const hashed = (): number => hashers.reduce((sum, { hashCalls }) => sum + hashCalls, 0);
    const before = hashed();
    const answers = await Promise.all(
      Array.from({ length: 100 }, (_, n) =>
        guess(from(n % 2 ? test : second, `203.0.113.${n % 10}`), user.email),
      ),
    );
    const refused = answers.filter(({ status }) => status === 429);
    expect([answers.length - refused.length, refused.length]).toEqual([10, 90]);
    expect(answers.every(({ status }) => status === 401 || status === 429)).toBe(true);
    expect(hashed() - before).toBe(10);
  });

  it('lets ten failures of an account through and no eleventh, on the second instance either', async () => {
    const address = somewhere();
    expect(await inARow(10, () => guess(from(test, address), user.email))).toEqual(times(401, 10));
    expect((await guess(from(test, address), user.email)).status).toBe(429);
    expect((await guess(from(second, somewhere()), user.email)).status).toBe(429);
  });

  it('lets thirty failures from an address through, whatever the accounts, and then nobody else of that address', async () => {
    const address = somewhere();
    expect(await inARow(30, (n) => guess(from(test, address), `nobody-${n}@example.com`))).toEqual(
      times(401, 30),
    );
    expect((await guess(from(second, address), 'nobody@example.com')).status).toBe(429);
    expect((await logIn(address)).status).toBe(429);
    expect((await logIn(somewhere())).status).toBe(200);
  });

  it('counts the web login and the token login together', async () => {
    const browser = from(test, somewhere()).with(await loginHeaders(test));
    const wrong = { email: user.email, password: 'not the password' };
    expect(await inARow(10, () => browser.post('/api/auth/login/', wrong))).toEqual(times(401, 10));
    expect((await logIn(somewhere())).status).toBe(429);
  });

  it('counts failures alone: neither right passwords nor bad requests use the limit up', async () => {
    const address = somewhere();
    const client = from(test, address);
    expect(await inARow(40, () => logIn(address))).toEqual(times(200, 40));
    expect(await inARow(40, () => client.post('/api/auth/token/', { email: user.email }))).toEqual(
      times(400, 40),
    );
    expect(await inARow(40, () => client.post('/api/auth/login/', { email: user.email, password }))).toEqual(
      times(403, 40),
    );
    expect((await guess(client, user.email)).status).toBe(401);
  });

  it('gives back what was refused while others were still on their way in, when these turn out right', async () => {
    const strict = await test.another({ RATE_LIMITS: 'login_address=3/300' });
    const address = somewhere();
    const held = await hold(test.database, 'LOCK TABLE users');
    const three = Array.from({ length: 3 }, () => logIn(address, strict));
    await held.waitedFor(3);
    const fourth = await logIn(address, strict);
    await held.finish();
    expect((await Promise.all(three)).map(({ status }) => status)).toEqual(times(200, 3));
    expect(fourth.status).toBe(429);
    expect(await inARow(4, () => guess(from(strict, address), user.email))).toEqual([...times(401, 3), 429]);
    await strict.close();
  });
});

describe('what is counted is the account, however it is spelled (E2)', () => {
  it('counts another case, spaces, full-width letters and unknown fields as the same account', async () => {
    const [name = '', domain = ''] = user.email.split('@');
    const spellings = [user.email.toUpperCase(), `  ${user.email} `, `${name}＠${domain}`, `${user.email}.`];
    const answers = await inARow(10, (n) =>
      guess(from(test, somewhere()), spellings[n % 4] ?? '', { username: `x${n}`, identifier: n }),
    );
    expect(answers).toEqual(times(401, 10));
    expect((await guess(from(test, somewhere()), user.email, { Email: 'other@example.com' })).status).toBe(
      429,
    );
  });

  it('keeps neither an e-mail nor an address in its table', async () => {
    await guess(from(test, '203.0.113.77'), user.email);
    const rows = await test.database.query<{ key: string }>('SELECT key FROM rate_limits');
    const keys = rows.map(({ key }) => key).join('\n');
    expect(keys).toMatch(/^(?:[a-z_]+:[\w-]{43}\n?)+$/);
    expect(keys).not.toContain('203.0.113.77');
    expect(keys).not.toContain(user.email);
  });
});

describe('an outsider locks nobody out (E5)', () => {
  const attack = async (): Promise<void> => {
    const statuses = await inARow(12, () => guess(from(test, somewhere()), user.email));
    expect(statuses).toEqual([...times(401, 10), 429, 429]);
  };

  it('keeps live keys, tokens and sessions working, from the address of the attack too', async () => {
    const { key } = await test.make.accessKey(user);
    const credentials = [{ key }, await bearerOf(test, user), await sessionOf(test, user)];
    const address = somewhere();
    await inARow(40, (n) => guess(from(test, address), n % 2 ? user.email : `nobody-${n}@example.com`));
    expect((await logIn(address)).status).toBe(429);
    for (const credential of credentials) {
      expect((await from(test, address).as(credential).get('/api/auth/me/')).status).toBe(200);
    }
  });

  it('lets the owner log in from where they did before, as long as the attack may last', async () => {
    const home = somewhere();
    expect((await logIn(home)).status).toBe(200);
    await attack();
    expect((await logIn(home)).status).toBe(200);
    expect((await logIn(home, second)).status).toBe(200);
    expect((await logIn(somewhere())).status).toBe(429);
  });

  it('limits guesses from a place that the owner logged in from too', async () => {
    const home = somewhere();
    await logIn(home);
    expect(await inARow(11, () => guess(from(test, home), user.email))).toEqual([...times(401, 10), 429]);
    expect((await logIn(home)).status).toBe(429);
    expect((await logIn(somewhere())).status).toBe(200);
  });

  it('lets the owner log in from a new place once staff gave them a link for it', async () => {
    const staff = test.api.as(await bearerOf(test, await test.make.user({ staff: true })));
    const hotel = somewhere();
    await attack();
    expect((await logIn(hotel)).status).toBe(429);
    const { body: link } = await staff.post(`/api/admin/users/${user.id}/password-link/`);
    password = 'a new and rather long password';
    const choice = { token: link.token, new_password: password };
    expect((await from(test, hotel).post('/api/auth/password/set/', choice)).status).toBe(204);
    expect((await logIn(hotel)).status).toBe(200);
    expect((await logIn(somewhere())).status).toBe(429);
  });

  it('forgets the failures when the window ends: no lock is for good (T8)', async () => {
    await attack();
    await endWindows(test);
    expect((await logIn(somewhere())).status).toBe(200);
  });

  it('clears the count of an account when its owner gets in', async () => {
    await inARow(9, () => guess(from(test, somewhere()), user.email));
    expect((await logIn(somewhere())).status).toBe(200);
    expect(await inARow(10, () => guess(from(test, somewhere()), user.email))).toEqual(times(401, 10));
  });

  it('answers for an account that does not exist as for one that does', async () => {
    await attack();
    const known = await guess(from(test, somewhere()), user.email);
    await inARow(10, () => guess(from(test, somewhere()), 'nobody@example.com'));
    const unknown = await guess(from(test, somewhere()), 'nobody@example.com');
    const blurred = (text: string): string => text.replace(/\d+ seconds/, 'N seconds');
    expect([unknown.status, blurred(unknown.text)]).toEqual([known.status, blurred(known.text)]);
  });
});
