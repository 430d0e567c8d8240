import { DataSource } from 'typeorm';
import type { Actor } from '../../src/access/principal.js';
import { AuditEvent } from '../../src/audit/audit-event.entity.js';
import { Acts } from '../../src/acts/acts.js';
import { AuditService } from '../../src/audit/audit.service.js';
import { RefusalLog } from '../../src/audit/refusals/refusal-log.js';
import { CredentialLookup } from '../../src/auth/lookup/credential-lookup.js';
import { SigningKeys } from '../../src/auth/signing-keys.js';
import { JwtStrategy } from '../../src/auth/strategies/jwt.strategy.js';
import type { TokenClaims } from '../../src/auth/tokens/token-claims.js';
import { TokenFamilies } from '../../src/auth/tokens/token-families.js';
import { TokenSigner } from '../../src/auth/tokens/token-signer.js';
import { TokensService } from '../../src/auth/tokens/tokens.service.js';
import type { TokenPairAnswer } from '../../src/auth/tokens/tokens.dto.js';
import { digestOf } from '../../src/common/crypto/digest.js';
import { hmacText, purposeKey } from '../../src/common/crypto/purpose-key.js';
import { randomText } from '../../src/common/crypto/random-text.js';
import { newSigningKey } from '../../src/config/secrets.js';
import { dataSourceOptions } from '../../src/database/data-source.js';
import { MetricRegistry } from '../../src/common/metric-registry.js';
import { NamedStatements } from '../../src/database/named-statements.js';
import { AccountsService } from '../../src/users/accounts.service.js';
import { PasswordHasher } from '../../src/users/password-hasher.js';
import { User } from '../../src/users/user.entity.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { testEnv } from '../support/env.js';
import { Factory } from '../support/factory.js';
import { hold } from '../support/hold.js';

const env = testEnv({ BCRYPT_COST: '4', JWT_KEYS: JSON.stringify({ keys: [newSigningKey()] }) });
const keys = new SigningKeys(env);
const signer = new TokenSigner(keys);
/** What a token says whose signature is ours; neither its type nor its state is judged. */
const opened = (token: string): Promise<TokenClaims> => jwt.open(token);
const BY: Actor = {
  userId: null,
  credential: null,
  origin: { ip: '203.0.113.9', userAgent: 'a browser', requestId: 'request-1' },
};

let database: TestDatabase;
let dataSource: DataSource;
let make: Factory;
let families: TokenFamilies;
let tokens: TokensService;
let acts: Acts;
let jwt: JwtStrategy;
let refusals: RefusalLog;

beforeAll(async () => {
  database = await createTestDatabase();
  const options = dataSourceOptions({ url: database.databaseUrl, poolSize: 4 });
  dataSource = await new DataSource({ ...options, entities: [User, AuditEvent] }).initialize();
  make = new Factory(database, env);
  acts = new Acts(dataSource, new AuditService());
  families = new TokenFamilies(dataSource, acts, env);
  refusals = new RefusalLog(dataSource);
  const accounts = new AccountsService(dataSource.getRepository(User), new PasswordHasher(env), refusals);
  jwt = new JwtStrategy(new CredentialLookup(new NamedStatements(dataSource), new MetricRegistry()), keys);
  tokens = new TokensService(accounts, families, signer, jwt);
});
afterAll(async () => {
  await dataSource.destroy();
  await database.drop();
});
afterEach(() => database.shiftClock(0));

/** A user with the first pair of a family, and its ids. */
async function begun(): Promise<TokenPairAnswer & { user: { id: number; email: string }; familyId: number }> {
  const user = await make.user();
  const password = await make.password(user);
  const pair = await tokens.obtain(BY, { email: user.email, password });
  return { ...pair, user, familyId: (await opened(pair.refresh)).familyId ?? 0 };
}

const set = (table: 'users' | 'token_families', change: string, id: number): Promise<object[]> =>
  database.query(`UPDATE ${table} SET ${change} WHERE id = $1`, [id]);

/** `ok`, or why not: the sentence for the caller, and the word for the log. */
async function outcome(act: Promise<unknown>): Promise<string[]> {
  try {
    await act;
    return ['ok'];
  } catch (error) {
    const { message, reason } = error as Error & { reason?: string };
    return [message, String(reason)];
  }
}
const INVALID = 'Token is invalid or expired';
const BLACKLISTED = 'Token is blacklisted';
const NO_ACCOUNT = 'No active account found with the given credentials';

const refreshed = (token: string): Promise<string[]> => outcome(tokens.refresh(BY, token));
const verified = (token: string): Promise<string[]> => outcome(tokens.verify(token));

const audited = (familyId: number): Promise<object[]> =>
  database.query(
    `SELECT action, user_id, actor_id, ip, user_agent, subject_type FROM audit_events
     WHERE subject_id = $1 AND subject_type = 'token_family' ORDER BY id`,
    [familyId],
  );
async function familyOf(id: number): Promise<Record<string, unknown>> {
  const [row] = await database.query(
    `SELECT ended_at IS NOT NULL AS ended, end_reason, ip, user_agent,
       extract(epoch FROM expires_at - date_trunc('second', created_at))::int AS lives FROM token_families WHERE id = $1`,
    [id],
  );
  return row ?? {};
}

describe('The first pair', () => {
  it('is of this user and one new family, and says so in both tokens', async () => {
    const { access, refresh, user, familyId } = await begun();
    const [one, other] = [await opened(access), await opened(refresh)];
    expect(one).toMatchObject({ type: 'access', userId: user.id, familyId });
    expect(other).toMatchObject({ type: 'refresh', userId: user.id, familyId });
    expect(one?.jti).toMatch(/^[A-Za-z0-9]{22}$/);
    expect(other?.jti).toMatch(/^[A-Za-z0-9]{43}$/);
    const lives = [one, other].map((claims) => Number(claims?.expiresAt) - Number(claims?.issuedAt));
    expect(lives).toEqual([300_000, 86_400_000]); // B6
    expect(await familyOf(familyId)).toEqual({
      ended: false,
      end_reason: null,
      ip: '203.0.113.9',
      user_agent: 'a browser',
      lives: 30 * 86_400,
    });
  });

  it('is told to the audit log, in the same transaction, as done by the user', async () => {
    const { user, familyId } = await begun();
    expect(await audited(familyId)).toEqual([
      {
        action: 'token.issued',
        user_id: user.id,
        actor_id: user.id,
        ip: '203.0.113.9',
        user_agent: 'a browser',
        subject_type: 'token_family',
      },
    ]);
  });

  it('is refused when the password changed, or the user was deactivated, after the password was compared', async () => {
    const user = await make.user();
    expect(await families.begin(BY, { id: user.id, authEpoch: 2 })).toBeUndefined();
    await set('users', 'is_active = false', user.id);
    expect(await families.begin(BY, { id: user.id, authEpoch: 1 })).toBeUndefined();
    expect(await database.query('SELECT FROM token_families WHERE user_id = $1', [user.id])).toEqual([]);
  });

  it('is nobody’s when the account changes while its password is compared: refused, and the log is told', async () => {
    const user = await make.user();
    const password = await make.password(user);
    await database.query(`
      CREATE OR REPLACE FUNCTION public.no_family() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$;
      CREATE TRIGGER no_family BEFORE INSERT ON token_families FOR EACH ROW EXECUTE FUNCTION no_family()`);
    const answer = await outcome(tokens.obtain(BY, { email: user.email, password }));
    await database.query('DROP TRIGGER no_family ON token_families');
    await refusals.settled();
    expect(answer).toEqual([NO_ACCOUNT, 'changed_meanwhile']);
    expect(
      await database.query(
        `SELECT details FROM audit_events WHERE user_id = $1 AND action = 'login.failed'`,
        [user.id],
      ),
    ).toEqual([{ details: { reason: 'changed_meanwhile' } }]);
  });

  it('keeps no jti: a digest alone (B12)', async () => {
    const { refresh, familyId } = await begun();
    const jti = (await opened(refresh)).jti ?? '';
    expect(
      await database.query('SELECT digest FROM refresh_tokens WHERE family_id = $1', [familyId]),
    ).toEqual([{ digest: digestOf(jti) }]);
  });
});

describe('A refresh', () => {
  it('gives the successor that only we can derive, of the same family', async () => {
    const { refresh, familyId, user } = await begun();
    const next = await tokens.refresh(BY, refresh);
    const claims = await opened(next.refresh);
    const jti = (await opened(refresh)).jti ?? '';
    expect(claims).toMatchObject({ type: 'refresh', familyId, userId: user.id });
    expect(claims?.jti).toBe(hmacText(purposeKey(env.SECRET_KEY, 'refresh'), jti));
    expect(await opened(next.access)).toMatchObject({ type: 'access', familyId, userId: user.id });
    expect(await verified(next.access)).toEqual(['ok']);
    expect(await familyOf(familyId)).toMatchObject({ ended: false });
  });

  it('within 10 seconds gives the same successor again; later it is a replay (B11)', async () => {
    const { refresh, familyId } = await begun();
    const next = await tokens.refresh(BY, refresh);
    await database.shiftClock(9);
    expect((await tokens.refresh(BY, refresh)).refresh).toBe(next.refresh);
    await database.shiftClock(11);
    expect(await refreshed(refresh)).toEqual([BLACKLISTED, 'replayed']);
    expect(await familyOf(familyId)).toMatchObject({ ended: true, end_reason: 'replayed' });
    expect(await refreshed(next.refresh)).toEqual([BLACKLISTED, 'family_ended']);
  });

  it('again, whose successor only another SECRET_KEY could derive, is refused', async () => {
    const { refresh } = await begun();
    const claims = await opened(refresh);
    if (!claims) throw new Error('not ours');
    await families.rotate(BY, claims);
    const other = new TokenFamilies(dataSource, acts, testEnv({ SECRET_KEY: randomText(64) }));
    expect(await outcome(other.rotate(BY, claims))).toEqual([INVALID, 'over']);
    expect(await outcome(families.rotate(BY, claims))).toEqual(['ok']);
  });

  it('a used token whose successor was used is a replay: it ends the family once, and is audited once (B10)', async () => {
    const { refresh, familyId, user } = await begun();
    const next = await tokens.refresh(BY, refresh);
    await tokens.refresh(BY, next.refresh);
    expect(await refreshed(refresh)).toEqual([BLACKLISTED, 'replayed']);
    expect(await refreshed(refresh)).toEqual([BLACKLISTED, 'replayed']);
    expect(await audited(familyId)).toMatchObject([
      { action: 'token.issued' },
      { action: 'token.replayed', user_id: user.id, actor_id: null, ip: '203.0.113.9' },
    ]);
  });

  it('never outlives the family, nor does its access token (B6)', async () => {
    const { refresh, familyId } = await begun();
    await set(
      'token_families',
      `expires_at = date_trunc('second', app_now()) + interval '100 seconds'`,
      familyId,
    );
    const next = await tokens.refresh(BY, refresh);
    const claims = await Promise.all([next.access, next.refresh].map(opened));
    const ends = claims.map(({ expiresAt }) => expiresAt.getTime());
    const [row] = await database.query<{ at: Date }>(
      'SELECT expires_at AS at FROM token_families WHERE id = $1',
      [familyId],
    );
    expect(ends).toEqual([row?.at.getTime(), row?.at.getTime()]);
    await database.shiftClock(8);
    const again = await tokens.refresh(BY, refresh);
    expect((await opened(again.access)).expiresAt.getTime()).toBe(row?.at.getTime());
  });

  it('of a user who was deactivated, or whose password changed, is refused (B8)', async () => {
    const { refresh, user } = await begun();
    await set('users', 'is_active = false', user.id);
    expect(await refreshed(refresh)).toEqual([INVALID, 'over']);
    await set('users', 'is_active = true, auth_epoch = auth_epoch + 1', user.id);
    expect(await refreshed(refresh)).toEqual([INVALID, 'over']);
  });

  it('of a token that is expired is refused: by its own claim, by its row, by its family (B5)', async () => {
    const { refresh, familyId } = await begun();
    const claims = await opened(refresh);
    if (!claims) throw new Error('Not ours.');
    expect(await refreshed(signer.sign({ ...claims, expiresAt: claims.issuedAt }))).toEqual([
      INVALID,
      'over',
    ]);
    await set('token_families', `expires_at = app_now()`, familyId);
    expect(await refreshed(refresh)).toEqual([INVALID, 'over']);
    await set('token_families', `expires_at = app_now() + interval '20 days'`, familyId);
    await database.query('UPDATE refresh_tokens SET expires_at = app_now() WHERE family_id = $1', [familyId]);
    expect(await refreshed(refresh)).toEqual([INVALID, 'over']);
  });

  it('of a token that we signed and do not know is refused: another jti, family or user', async () => {
    const { refresh, familyId, user } = await begun();
    const other = await begun();
    const claims = await opened(refresh);
    if (!claims) throw new Error('Not ours.');
    for (const wrong of [{ jti: 'unknown' }, { familyId: other.familyId }, { userId: other.user.id }]) {
      const token = signer.sign({ ...claims, ...wrong });
      expect(await refreshed(token)).toEqual([INVALID, 'unknown']);
      expect(await verified(token)).toEqual([INVALID, 'unknown']);
      expect(await outcome(tokens.revoke(BY, token))).toEqual([INVALID, 'unknown']);
    }
    expect(await familyOf(familyId)).toMatchObject({ ended: false });
    expect(await audited(familyId)).toHaveLength(1);
    expect(await refreshed(refresh)).toEqual(['ok']);
    expect(user.id).not.toBe(other.user.id);
  });

  it('of an access token, or of none of ours, is refused as what it is', async () => {
    const { access } = await begun();
    for (const act of [tokens.refresh(BY, access), tokens.revoke(BY, access)]) {
      expect(await outcome(act)).toEqual([INVALID, 'wrong_type']);
    }
    for (const act of [tokens.refresh(BY, 'nonsense'), tokens.revoke(BY, 'nonsense')]) {
      expect(await outcome(act)).toEqual([INVALID, 'not_ours']);
    }
  });

  it('at the same time as others gives one successor, and leaves one unused token (B9)', async () => {
    const { refresh, familyId } = await begun();
    const pairs = await Promise.all(Array.from({ length: 8 }, () => tokens.refresh(BY, refresh)));
    expect(new Set(pairs.map((pair) => pair.refresh)).size).toBe(1);
    const unused = `SELECT FROM refresh_tokens WHERE family_id = $1 AND used_at IS NULL`;
    expect(await database.query(unused, [familyId])).toHaveLength(1);
  });
});

describe('A refresh that waits for its family', () => {
  it.each([
    [
      'was revoked meanwhile',
      `UPDATE token_families SET ended_at = app_now() WHERE id = $1`,
      [BLACKLISTED, 'family_ended'],
    ],
    [
      'ran out meanwhile',
      `UPDATE token_families SET expires_at = app_now() WHERE id = $1`,
      [INVALID, 'over'],
    ],
  ])('sees that it %s', async (_what, change, expected) => {
    const { refresh, familyId } = await begun();
    const held = await hold(database, `SELECT FROM token_families WHERE id = ${familyId} FOR UPDATE`);
    const waiting = refreshed(refresh);
    await held.waitedFor();
    await held.finish(change.replace('$1', String(familyId)));
    expect(await waiting).toEqual(expected);
    expect(await database.query('SELECT FROM refresh_tokens WHERE family_id = $1', [familyId])).toHaveLength(
      1,
    );
  });
});

describe('Verifying', () => {
  it('says whether a token would be accepted now; a used refresh token would be no good start', async () => {
    const { access, refresh } = await begun();
    expect(await tokens.verify(access)).toEqual({});
    expect(await tokens.verify(refresh)).toEqual({});
    await tokens.refresh(BY, refresh);
    expect(await verified(refresh)).toEqual([BLACKLISTED, 'replayed']);
    expect(await verified(access)).toEqual(['ok']);
    expect(await verified('nonsense')).toEqual([INVALID, 'access']);
  });

  it('an access token opens nothing once it expired, its family ended or its user is inactive; nor in another’s name', async () => {
    const { access, familyId, user } = await begun();
    const other = await begun();
    const claims = await opened(access);
    if (!claims) throw new Error('Not ours.');
    expect(await verified(signer.sign({ ...claims, userId: other.user.id }))).toEqual([INVALID, 'access']);
    expect(await verified(signer.sign({ ...claims, familyId: 2_000_000_000 }))).toEqual([INVALID, 'access']);
    await database.shiftClock(301);
    expect(await verified(access)).toEqual([INVALID, 'access']);
    await database.shiftClock(0);
    await set('users', 'is_active = false', user.id);
    expect(await verified(access)).toEqual([INVALID, 'access']);
    await set('users', 'is_active = true', user.id);
    expect(await verified(access)).toEqual(['ok']);
    await set('token_families', 'ended_at = app_now()', familyId);
    expect(await verified(access)).toEqual([INVALID, 'access']);
  });

  it('an access token is dead at the very instant of its expiry (B5)', async () => {
    const { access } = await begun();
    const ends = (await opened(access)).expiresAt.getTime() ?? 0;
    const stopClock = (ms: number): Promise<object[]> =>
      database.query(`CREATE OR REPLACE FUNCTION public.app_now() RETURNS timestamptz LANGUAGE sql STABLE PARALLEL SAFE
        AS $$ SELECT to_timestamp(${ms} / 1000.0) $$`);
    await stopClock(ends - 1);
    expect(await verified(access)).toEqual(['ok']);
    await stopClock(ends);
    expect(await verified(access)).toEqual([INVALID, 'access']);
  });

  it('changes nothing: no token is used by it and no family ends', async () => {
    const { refresh, familyId } = await begun();
    await tokens.refresh(BY, refresh);
    await database.shiftClock(20);
    expect(await verified(refresh)).toEqual([BLACKLISTED, 'replayed']);
    expect(await familyOf(familyId)).toMatchObject({ ended: false });
  });
});

describe('Revoking', () => {
  it('ends the family at once, by a used token as well; repeating it changes and tells nothing (B13)', async () => {
    const { access, refresh, familyId, user } = await begun();
    const other = await begun();
    const next = await tokens.refresh(BY, refresh);
    await tokens.revoke(BY, refresh);
    const first = await audited(familyId);
    expect(first).toMatchObject([{ action: 'token.issued' }, { action: 'token.revoked', user_id: user.id }]);
    await tokens.revoke(BY, next.refresh);
    expect(await familyOf(familyId)).toMatchObject({ ended: true, end_reason: 'revoked' });
    expect(await verified(access)).toEqual([INVALID, 'access']);
    expect(await refreshed(next.refresh)).toEqual([BLACKLISTED, 'family_ended']);
    expect(await audited(familyId)).toEqual(first);
    expect(await refreshed(other.refresh)).toEqual(['ok']);
  });
});
