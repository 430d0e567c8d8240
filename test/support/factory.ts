import type { AccessLevel } from '../../src/access/access-level.js';
import type { SystemRole } from '../../src/access/system-roles.js';
import { newKey } from '../../src/api-access-keys/key-format.js';
import { digestOf } from '../../src/common/crypto/digest.js';
import type { Env } from '../../src/config/env.js';
import { PasswordHasher } from '../../src/users/password-hasher.js';
import { rememberSecret, secretPart } from './canary.js';
import type { TestDatabase } from './database.js';

export interface MadeUser {
  readonly id: number;
  readonly email: string;
}

export interface MadeKey {
  readonly id: number;
  readonly prefix: string;
  /** The whole key, as its owner holds it. */
  readonly key: string;
}

let serial = 0;

/** Puts rows in place, straight into the database: what a test is about goes through the API, its setting doesn't. */
export class Factory {
  private readonly hasher: PasswordHasher;

  constructor(
    private readonly database: TestDatabase,
    env: Env,
  ) {
    this.hasher = new PasswordHasher(env);
  }

  async user({ staff = false, active = true } = {}): Promise<MadeUser> {
    const email = `user-${(serial += 1)}@example.com`;
    const id = await this.insert(
      `INSERT INTO users (email, name, is_staff, is_active) VALUES ($1, $2, $3, $4) RETURNING id`,
      [email, `User ${serial}`, staff, active],
    );
    return { id, email };
  }

  /** Gives a user a password. */
  async password(user: { id: number }, password = 'correct horse battery staple'): Promise<string> {
    const hash = await this.hasher.hash(password);
    await this.database.query(`UPDATE users SET password_hash = $1 WHERE id = $2`, [hash, user.id]);
    return password;
  }

  async org({ name = `Organization ${(serial += 1)}` } = {}): Promise<{ id: number; name: string }> {
    const id = await this.insert(`INSERT INTO organizations (name) VALUES ($1) RETURNING id`, [name]);
    return { id, name };
  }

  /** A custom role of an organization. */
  async role(
    organization: { id: number },
    permissions: string[],
    name = `Role ${(serial += 1)}`,
  ): Promise<number> {
    return this.insert(
      `INSERT INTO roles (organization_id, name, permissions) VALUES ($1, $2, $3) RETURNING id`,
      [organization.id, name, permissions],
    );
  }

  /** Makes a user (or the given one) a member, with a system role by name or a custom one by id. */
  async member(
    organization: { id: number },
    role: SystemRole | number,
    user?: MadeUser,
  ): Promise<MadeUser & { memberId: number }> {
    const member = user ?? (await this.user());
    const memberId = await this.insert(
      `INSERT INTO members (organization_id, user_id, status, role_id)
       SELECT $1, $2, 'active', id FROM roles WHERE ${typeof role === 'number' ? 'id = $3' : 'organization_id IS NULL AND name = $3'}
       RETURNING id`,
      [organization.id, member.id, role],
    );
    return { ...member, memberId };
  }

  /** Makes so many Viewers at once: for lists that are longer than a page. */
  async viewers(organization: { id: number }, many: number): Promise<void> {
    const name = `viewer-${(serial += 1)}`;
    await this.database.query(
      `WITH made AS (
         INSERT INTO users (email, name) SELECT $2 || '-' || n || '@example.com', 'Viewer' FROM generate_series(1, $3) n
         RETURNING id)
       INSERT INTO members (organization_id, user_id, status, role_id)
       SELECT $1, made.id, 'active', r.id FROM made, roles r WHERE r.organization_id IS NULL AND r.name = 'Viewer'`,
      [organization.id, name, many],
    );
  }

  async accessKey(
    user: { id: number },
    {
      level = 'full_access',
      organization,
      admin = false,
      expiresInSeconds,
    }: {
      level?: AccessLevel;
      organization?: { id: number };
      admin?: boolean;
      expiresInSeconds?: number;
    } = {},
  ): Promise<MadeKey> {
    const { prefix, text } = newKey();
    rememberSecret(secretPart(text));
    const id = await this.insert(
      `INSERT INTO access_keys (prefix, digest, user_id, organization_id, access_level, admin, name, expires_at, issued_via)
       VALUES ($1, $2, $3, $4, $5, $6, $7, app_now() + make_interval(secs => $8), 'cli') RETURNING id`,
      [
        prefix,
        digestOf(text),
        user.id,
        organization?.id ?? null,
        level,
        admin,
        'Test key',
        expiresInSeconds ?? null,
      ],
    );
    return { id, prefix, key: text };
  }

  private async insert(sql: string, values: unknown[]): Promise<number> {
    const [row] = await this.database.query<{ id: number }>(sql, values);
    if (!row) throw new Error('Nothing was inserted.');
    return row.id;
  }
}
