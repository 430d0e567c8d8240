import type { TestApp } from '../app.js';
import type { Answer, Client } from '../client.js';
import type { MadeUser } from '../factory.js';
import { sessionOf } from '../sign-in.js';
import { follower, line, lineThroughItself, madeThrough, type ModelKey, narrow } from './model.js';
import { Chance } from './random.js';

const DAY_MS = 86_400_000;

/** Something that a key made and that opens something later, while it is open. */
interface Made {
  readonly type: 'password_link' | 'access_key_grant' | 'invitation';
  readonly id: number;
  readonly via: ModelKey;
  readonly userId: number;
  readonly organizationId: number;
}

/** A few people and organizations, and whatever random acts of theirs made of their keys: the service's, and the model's. */
export class World {
  readonly keys: ModelKey[] = [];
  readonly made: Made[] = [];
  /** What contradicts the contract. */
  readonly violations: string[] = [];
  /** How often each act was answered with success. */
  readonly done: Record<string, number> = {};
  private readonly chance: Chance;
  private shift = 0;
  private told = '';

  private constructor(
    private readonly test: TestApp,
    private readonly staff: readonly MadeUser[],
    private readonly users: readonly MadeUser[],
    private readonly orgs: readonly { id: number }[],
    seed: number,
  ) {
    this.chance = new Chance(seed);
  }

  static async make(test: TestApp, seed: number): Promise<World> {
    const staff = [await test.make.user({ staff: true }), await test.make.user({ staff: true })];
    const users = [await test.make.user(), await test.make.user(), await test.make.user()];
    const orgs = [await test.make.org(), await test.make.org()];
    for (const org of orgs) for (const user of users) await test.make.member(org, 'Owner', user);
    return new World(test, staff, users, orgs, seed);
  }

  /** One random act, and then all that must hold. */
  async step(): Promise<void> {
    const [name, act] = this.chance.of(Object.entries(this.acts));
    this.told = name;
    const success = await act();
    if (success) this.done[name] = (this.done[name] ?? 0) + 1;
    await this.check();
  }

  private readonly acts: Readonly<Record<string, () => Promise<boolean>>> = {
    'staff issue': async () => {
      const user = this.chance.of(this.chance.maybe() ? this.users : this.staff);
      const admin = this.staff.includes(user) && this.chance.next() < 0.8;
      const org = admin || this.chance.maybe() ? null : this.chance.of(this.orgs).id;
      const level = this.level();
      const body = {
        user: user.id,
        organization: org,
        access_level: level,
        admin,
        name: 'Key',
        ...this.expiry(),
      };
      const answer = await (await this.asStaff()).post('/api/admin/access-keys/', body);
      return this.made201(answer, { userId: user.id, organizationId: org, level, admin });
    },
    'own issue': async () => {
      const user = this.chance.of(this.users);
      const org = this.chance.of(this.orgs).id;
      const level = this.level();
      const body = { organization: org, access_level: level, name: 'Own', ...this.expiry() };
      const answer = await (await this.asPerson(user)).post('/api/auth/access-keys/', body);
      return this.made201(answer, { userId: user.id, organizationId: org, level });
    },
    'issue through a key': async () => {
      const via = this.someKey(({ admin }) => admin);
      if (!via) return false;
      const user = this.chance.of(this.users);
      const level = this.level();
      const body = { user: user.id, access_level: level, name: 'Through', ...this.expiry() };
      const answer = await this.through(via, (api) => api.post('/api/admin/access-keys/', body));
      return this.made201(answer, { userId: user.id, organizationId: null, level, via });
    },
    'rotate through the key': async () => {
      const old = this.someKey();
      if (!old) return false;
      const rotate = '/api/auth/access-keys/current/rotate/';
      const answer = await this.through(old, (api) => api.post(rotate, this.rotation()));
      if (answer.status !== 201) return false;
      return this.succeeded(answer, old, { via: old, end: old.end, bound: old.bound });
    },
    'rotate by its user': async () => {
      const old = this.someKey();
      const user = old && this.users.find(({ id }) => id === old.userId);
      if (!old || !user) return false;
      const path = `/api/auth/access-keys/${old.id}/rotate/`;
      const answer = await (await this.asPerson(user)).post(path, this.rotation());
      if (answer.status !== 201) return false;
      const same = old.bound || old.organizationId === null;
      const end = same ? old.end : endOf(answer);
      return this.succeeded(answer, old, { via: undefined, end, bound: same && old.bound });
    },
    'rotate by staff': async () => {
      const old = this.someKey();
      if (!old) return false;
      const path = `/api/admin/access-keys/${old.id}/rotate/`;
      const answer = await (await this.asStaff()).post(path, this.rotation());
      if (answer.status !== 201) return false;
      return this.succeeded(answer, old, { via: undefined, end: endOf(answer), bound: false });
    },
    'narrow by staff': async () => {
      const key = this.someKey();
      if (!key) return false;
      const expires_at = this.chance.maybe() ? this.inDays(1 + this.chance.below(60)) : undefined;
      const access_level = this.chance.maybe() ? ('read_only' as const) : undefined;
      if (!expires_at && !access_level) return false;
      const path = `/api/admin/access-keys/${key.id}/`;
      const { status } = await (await this.asStaff()).patch(path, { expires_at, access_level });
      if (status !== 200) return false;
      const level = key.level === 'full_access' ? access_level : undefined;
      const end = expires_at === undefined ? undefined : Date.parse(expires_at);
      const follows = follower(key);
      if (level ?? end) narrow(follows ? [key, follows] : [key], { level, end });
      return true;
    },
    suspend: async () => this.suspend(),
    resume: async () => this.resume(),
    revoke: async () => this.revoke(),
    'report a leak': async () => this.reportLeak(),
    use: async () => {
      const key = this.someKey();
      if (!key) return false;
      return this.works(key);
    },
    'make something through a key': async () => this.makeThrough(),
    'redeem a grant': async () => this.redeem(),
    'change a role': async () => {
      const role = this.chance.of(['Owner', 'Administrator', 'Analyst', 'Viewer']);
      await this.test.database.query(
        `UPDATE members SET role_id = (SELECT id FROM roles WHERE organization_id IS NULL AND name = $1)
         WHERE user_id = $2 AND organization_id = $3`,
        [role, this.chance.of(this.users).id, this.chance.of(this.orgs).id],
      );
      return true;
    },
    'change a membership': async () => {
      const [user, org] = [this.chance.of(this.users), this.chance.of(this.orgs)];
      const gone = await this.test.database.query(
        'DELETE FROM members WHERE user_id = $1 AND organization_id = $2 RETURNING id',
        [user.id, org.id],
      );
      if (gone.length === 0) await this.test.make.member(org, 'Owner', user);
      return true;
    },
    'change the policy': async () => {
      await this.test.database.query(
        `UPDATE organizations SET longest_key_lifetime_days = $1, self_serve_keys = $2, allow_user_wide_keys = $3 WHERE id = $4`,
        [
          1 + this.chance.below(200),
          this.chance.next() < 0.8,
          this.chance.next() < 0.8,
          this.chance.of(this.orgs).id,
        ],
      );
      return true;
    },
    'let time pass': async () => {
      this.shift += this.chance.below(6 * 3_600);
      await this.test.database.shiftClock(this.shift);
      return true;
    },
  };

  private async suspend(): Promise<boolean> {
    const key = this.someKey();
    if (!key) return false;
    const rank = this.chance.maybe() ? 'staff' : 'user';
    const { status } = await this.actOn(key, rank, 'suspend');
    if (status !== 200) return false;
    const follows = follower(key);
    for (const one of follows ? [key, follows] : [key]) {
      if (rank === 'staff' || one.suspended === undefined) one.suspended = rank;
    }
    return true;
  }

  private async resume(): Promise<boolean> {
    const key = this.someKey(({ suspended }) => suspended !== undefined);
    if (!key) return false;
    const rank = this.chance.maybe() ? 'staff' : 'user';
    const { status } = await this.actOn(key, rank, 'resume');
    if (status !== 200) return false;
    if (key.suspended === 'staff' && rank === 'user') this.violate(`key ${key.id} was suspended by staff`);
    const follows = follower(key);
    for (const one of follows ? [key, follows] : [key]) {
      if (rank === 'staff' || one.suspended === 'user') one.suspended = undefined;
    }
    return true;
  }

  private async revoke(): Promise<boolean> {
    const cured = this.someKey((key) => this.keys.some(({ cureOf }) => cureOf === key));
    if (cured?.successor && this.chance.maybe()) await this.works(cured.successor);
    const key = this.chance.maybe() ? (cured ?? this.someKey()) : this.someKey();
    if (!key) return false;
    const include_successors = this.chance.next() < 0.2;
    const include_made = this.chance.next() < 0.2;
    const how = this.chance.of(['staff', 'user', 'itself'] as const);
    const spared = include_successors ? [] : await this.workingCuresOf(key);
    const body = { include_successors, ...(how === 'staff' && { include_made }) };
    const answer =
      how === 'itself'
        ? await this.through(key, (api) => api.post('/api/auth/access-keys/current/revoke/', body))
        : await this.actOn(key, how, 'revoke', body);
    if (answer.status !== 200) return false;
    const follows = follower(key);
    const whole = how === 'itself' ? lineThroughItself : line;
    const along = include_successors ? whole(key) : follows?.via === key ? [key, follows] : [key];
    for (const one of along) one.revoked = true;
    const made = how === 'staff' && include_made ? madeThrough(this.keys, key) : [];
    for (const one of made) one.revoked = true;
    await this.mustStillWork(spared.filter((one) => !made.includes(one)));
    return true;
  }

  private async reportLeak(): Promise<boolean> {
    const key = this.leaked();
    if (!key) return false;
    const body = { keys: [key.text] };
    const wasDead = await this.isDead(key);
    const cures = wasDead ? await this.workingCuresOf(key) : [];
    const { status } = await this.test.api.post('/api/auth/access-keys/report-leak/', body);
    if (status !== 200) return false;
    key.revoked = true;
    if (wasDead) {
      await this.mustStillWork(cures);
      return true;
    }
    for (const one of line(key)) one.revoked = true;
    const suspended = madeThrough(this.keys, key).filter(({ revoked }) => !revoked);
    for (const one of suspended) {
      one.suspended = 'staff';
      if (await this.works(one)) this.violate(`key ${one.id} works, though what made it was reported`);
    }
    return true;
  }

  /** A key that made others than its own successor, any live one, or a dead one. */
  private leaked(): ModelKey | undefined {
    const made = this.keys.filter(({ via, replaces, revoked }) => via && via !== replaces && !revoked);
    const making = made.flatMap(({ via }) => (via && !via.revoked ? [via] : []));
    if (making.length > 0 && this.chance.maybe()) return this.chance.of(making);
    return this.chance.maybe() ? this.someKey() : this.someKey(() => true, true);
  }

  private async makeThrough(wanted?: Made['type']): Promise<boolean> {
    const via = this.someKey(({ admin }) => admin) ?? this.someKey();
    if (!via || (wanted && !via.admin)) return false;
    const user = this.chance.of(this.users);
    const organization = this.chance.of(this.orgs).id;
    const type =
      wanted ??
      (via.admin ? this.chance.of(['password_link', 'access_key_grant'] as const) : ('invitation' as const));
    const email = (await this.test.make.user()).email;
    const grant = {
      user: user.id,
      organization,
      access_level: 'full_access',
      name: 'Granted',
      reason: 'Random',
    };
    const answer = await this.through(via, (api) => {
      if (type === 'password_link') return api.post(`/api/admin/users/${user.id}/password-link/`, {});
      if (type === 'access_key_grant') return api.post('/api/admin/access-key-grants/', grant);
      return api.post(`/api/orgs/${organization}/members/`, { email, role: 'Viewer' });
    });
    if (answer.status !== 201) return false;
    const id = type === 'password_link' ? await this.newestLink(user.id) : (answer.body.id as number);
    this.made.push({ type, id, via, userId: user.id, organizationId: organization });
    return true;
  }

  private async redeem(): Promise<boolean> {
    await this.makeThrough('access_key_grant');
    const grant = this.made.findLast(({ type, via }) => type === 'access_key_grant' && !via.revoked);
    if (!grant) return false;
    const { id, via, userId, organizationId } = grant;
    const api = await this.asPerson({ id: userId });
    const answer = await api.post(`/api/auth/access-key-grants/${id}/redeem/`);
    return this.made201(answer, { userId, organizationId, level: 'full_access', via });
  }

  private async newestLink(userId: number): Promise<number> {
    const [row] = await this.test.database.query<{ id: number }>(
      'SELECT max(id) AS id FROM password_links WHERE user_id = $1',
      [userId],
    );
    return row?.id ?? 0;
  }

  /** Calls through a key. Whatever it was let in for is a use of it, also what was refused then. */
  private async through(key: ModelKey, call: (api: Client) => Promise<Answer>): Promise<Answer> {
    const answer = await call(this.test.api.as({ key: key.text }));
    if (answer.status !== 401) key.used = true;
    return answer;
  }

  private async works(key: ModelKey): Promise<boolean> {
    return (await this.through(key, (api) => api.get('/api/auth/access-keys/current/'))).status === 200;
  }

  /** Asks the database alone, so that no key counts as used by the question. */
  private async isDead(key: ModelKey): Promise<boolean> {
    const [row] = await this.test.database.query<{ dead: boolean }>(
      `SELECT revoked_at IS NOT NULL OR coalesce(expires_at <= app_now(), false) OR coalesce(retires_at <= app_now(), false)
         OR (grace_seconds = 0 AND retires_at IS NOT NULL) AS dead FROM access_keys WHERE id = $1`,
      [key.id],
    );
    return row?.dead ?? true;
  }

  /** The successors that people made of a key, and that are in use. */
  private async workingCuresOf(key: ModelKey): Promise<ModelKey[]> {
    const working: ModelKey[] = [];
    for (const cure of this.keys.filter((one) => one.cureOf === key && one.used)) {
      if (await this.works(cure)) working.push(cure);
    }
    return working;
  }

  private async mustStillWork(keys: readonly ModelKey[]): Promise<void> {
    for (const key of keys) {
      if (!(await this.works(key)))
        this.violate(`key ${key.id}, which a person made, died with its predecessor`);
    }
  }

  /** After each step: what the contract says of lineage and of what credentials made. */
  private async check(): Promise<void> {
    const rows = await this.test.database.query<{
      id: number;
      expires: number | null;
      renewable: number | null;
      access_level: string;
    }>(
      `SELECT id, access_level, (extract(epoch FROM expires_at) * 1000)::float AS expires,
         (extract(epoch FROM renewable_until) * 1000)::float AS renewable
       FROM access_keys WHERE id = ANY ($1)`,
      [this.keys.map(({ id }) => id)],
    );
    if (rows.length !== this.keys.length) this.violate('a key is gone');
    for (const row of rows) {
      const key = this.keys.find(({ id }) => id === row.id);
      if (key) this.checkBounds(key, row);
    }
    await this.checkDead();
    await this.checkMade();
  }

  private checkBounds(
    key: ModelKey,
    row: { expires: number | null; renewable: number | null; access_level: string },
  ): void {
    if (exceeds(row.expires, key.end)) this.violate(`key ${key.id} outlives its lineage`);
    if (exceeds(row.renewable, key.end)) this.violate(`key ${key.id} renews itself beyond its lineage`);
    if (key.level === 'read_only' && row.access_level !== 'read_only') {
      this.violate(`key ${key.id} is wider than its lineage`);
    }
  }

  /** One that must be dead, tried for real. */
  private async checkDead(): Promise<void> {
    const dead = this.keys.filter(({ revoked, suspended }) => revoked || suspended !== undefined);
    if (dead.length === 0) return;
    const key = this.chance.of(dead);
    if (await this.works(key)) this.violate(`key ${key.id} works: ${key.revoked ? 'revoked' : 'suspended'}`);
  }

  private async checkMade(): Promise<void> {
    const revoked = this.made.filter(({ via }) => via.revoked);
    const ids = (type: Made['type']): number[] =>
      revoked.flatMap((one) => (one.type === type ? [one.id] : []));
    const open = await this.test.database.query<{ what: string }>(
      `SELECT 'password_link ' || id AS what FROM password_links
         WHERE id = ANY ($1) AND used_at IS NULL AND expires_at > app_now()
       UNION ALL SELECT 'access_key_grant ' || id FROM access_key_grants
         WHERE id = ANY ($2) AND redeemed_at IS NULL AND cancelled_at IS NULL
       UNION ALL SELECT 'invitation ' || id FROM members WHERE id = ANY ($3) AND status = 'invited'`,
      [ids('password_link'), ids('access_key_grant'), ids('invitation')],
    );
    for (const { what } of open) this.violate(`${what} is open, though the key that made it was revoked`);
  }

  private made201(
    answer: Answer,
    of: Pick<ModelKey, 'userId' | 'organizationId' | 'level'> & { admin?: boolean; via?: ModelKey },
  ): boolean {
    if (answer.status !== 201) return false;
    this.keys.push(
      modelKey(answer, {
        admin: false,
        via: undefined,
        ...of,
        end: endOf(answer),
        bound: false,
        replaces: undefined,
      }),
    );
    return true;
  }

  private succeeded(
    answer: Answer,
    old: ModelKey,
    { via, end, bound }: Pick<ModelKey, 'via' | 'end' | 'bound'>,
  ): boolean {
    const { userId, organizationId, level, admin } = old;
    const key = modelKey(answer, { userId, organizationId, level, admin, via, end, bound, replaces: old });
    if (exceeds(endOf(answer), end)) this.violate(`key ${key.id} outlives its lineage from its birth`);
    const replaced = follower(old);
    if (replaced) replaced.revoked = true;
    old.successor = key;
    this.keys.push(key);
    return true;
  }

  private actOn(key: ModelKey, as: 'staff' | 'user', action: string, body: object = {}): Promise<Answer> {
    const user = { id: key.userId };
    return as === 'staff'
      ? this.asStaff().then((api) => api.post(`/api/admin/access-keys/${key.id}/${action}/`, body))
      : this.asPerson(user).then((api) => api.post(`/api/auth/access-keys/${key.id}/${action}/`, body));
  }

  /** One of the keys: of those that are not revoked, unless told otherwise. The newer, the likelier: the old are mostly dead. */
  private someKey(which: (key: ModelKey) => boolean = () => true, revoked = false): ModelKey | undefined {
    const candidates = this.keys.filter((key) => key.revoked === revoked && which(key)).slice(-12);
    return candidates.length > 0 ? this.chance.of(candidates) : undefined;
  }

  private async asPerson(user: { id: number }): Promise<Client> {
    return this.test.api.as(await sessionOf(this.test, user)); // a token is signed by a clock that isn't shifted
  }

  private async asStaff(): Promise<Client> {
    return this.asPerson(this.chance.of(this.staff));
  }

  private level(): ModelKey['level'] {
    return this.chance.maybe() ? 'full_access' : 'read_only';
  }

  private expiry(): { expires_at?: string } {
    return this.chance.maybe() ? { expires_at: this.inDays(1 + this.chance.below(120)) } : {};
  }

  private rotation(): { grace_seconds?: number; expires_at?: string } {
    return { ...(this.chance.maybe() && { grace_seconds: this.chance.below(3) * 3_600 }), ...this.expiry() };
  }

  /** By the database's clock, as far as it was shifted. */
  private inDays(days: number): string {
    return new Date(Date.now() + this.shift * 1_000 + days * DAY_MS).toISOString();
  }

  private violate(what: string): void {
    this.violations.push(`${what} (after: ${this.told})`);
  }
}

function modelKey(
  { body }: Answer,
  of: Pick<ModelKey, 'userId' | 'organizationId' | 'level' | 'admin' | 'via' | 'end' | 'bound' | 'replaces'>,
): ModelKey {
  return {
    ...of,
    id: body.id as number,
    text: body.key as string,
    cureOf: of.via === undefined ? of.replaces : undefined,
    revoked: false,
    suspended: undefined,
    used: false,
    successor: undefined,
  };
}

const endOf = ({ body }: Answer): number | null =>
  body.expires_at === null ? null : Date.parse(body.expires_at as string);

/** Whether an end is later than a bound; `null` is no end. A millisecond is what JSON rounds off. */
function exceeds(end: number | null, bound: number | null): boolean {
  if (bound === null) return false;
  return end === null || end > bound + 1;
}
