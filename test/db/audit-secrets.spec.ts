import fc from 'fast-check';
import { OPERATOR } from '../../src/access/principal.js';
import { newKey } from '../../src/api-access-keys/key-format.js';
import { eventOf } from '../../src/audit/audit-entry.js';
import { randomText } from '../../src/common/crypto/random-text.js';

const event = (details: Record<string, unknown>) => eventOf({ by: OPERATOR, action: 'spec.acted', details });

describe('the details of an audit event (L5)', () => {
  it('keep no access key, token or session id that somebody put where a name belongs', () => {
    const secret = fc.constantFrom(
      () => newKey().text,
      () => randomText(43),
      () => `eyJhbGciOiJSUzI1NiJ9.${randomText(60)}.${randomText(80)}`,
    );
    const words = fc.string({ unit: fc.constantFrom(...'ab ,;:/"\n'), maxLength: 12 });
    fc.assert(
      fc.property(secret, words, words, (make, before, after) => {
        const value = make();
        const text = `${before} ${value} ${after}`;
        const kept = JSON.stringify(event({ name: text, deep: [{ reason: text }] }));
        expect(kept).not.toContain(value);
        expect(kept).not.toContain(value.slice(-20));
      }),
    );
  });

  it('keep everything else as it is', () => {
    const details = {
      name: 'Nightly job 7',
      prefix: 'qTizYIPb',
      access_level: 'read_only',
      changed: ['name', 'policy'],
      expires_at: '2030-01-31T12:00:00.000Z',
      count: 3,
      enabled: null,
    };
    expect(event(details).details).toEqual(details);
  });

  it.each(['key', 'password', 'new_password', 'token', 'refresh', 'secret', 'Authorization', 'digest'])(
    'are refused with a text named %s: that is our own mistake',
    (name) => {
      expect(() => event({ inner: { [name]: 'whatever' } })).toThrow(`"${name}"`);
    },
  );
});
