import { randomText } from '../../src/common/crypto/random-text.js';
import { startTestApp } from '../support/app.js';
import { assertNoSecret, rememberSecret } from '../support/canary.js';

const secret = `canary "${randomText(24)}" /+\\`;
beforeAll(() => rememberSecret(secret));

describe('The watch over secrets (L2)', () => {
  const bytes = Buffer.from(secret);
  it.each([
    ['in clear', secret],
    ['in base64', bytes.toString('base64')],
    ['in base64url', bytes.toString('base64url')],
    ['in hex', bytes.toString('hex')],
    ['URL-encoded', encodeURIComponent(secret)],
    ['JSON-escaped', JSON.stringify({ secret })],
  ])('finds one %s, wherever it stands', (_how, form) => {
    for (const text of [form, `before ${form}`, `${form} behind`, `before\n${form}\nbehind`])
      expect(() => assertNoSecret(text, 'the text')).toThrow('A secret leaked into the text');
  });

  it('takes its last letters for none', () => {
    expect(() => assertNoSecret(`************${secret.slice(-4)}`, 'a mask')).not.toThrow();
  });

  it.each([
    ['a text column', 'UPDATE users SET name = $1', (text: string): unknown => text],
    [
      'a binary column',
      'UPDATE access_keys SET digest = $1',
      (text: string): unknown => Buffer.from(text.padEnd(40, '.')),
    ],
    [
      'the details of an audit event',
      `INSERT INTO audit_events (action, details) VALUES ('x', $1)`,
      (text: string): unknown => JSON.stringify({ a: [text] }),
    ],
  ])('finds the secret of an access key in a dump: in %s', async (_where, sql, put) => {
    const test = await startTestApp();
    const { key } = await test.make.accessKey(await test.make.user());
    await test.database.query(sql, [put(key.slice(9))]);
    await expect(test.close()).rejects.toThrow('A secret leaked into the database');
    await test.database.drop();
  });
});
