import type { KeyType } from '../../../src/access/key-types.js';
import type { Client } from '../client.js';
import type { MadeKey, MadeUser } from '../factory.js';
import { logInForTokens } from '../log-in.js';
import type { ProviderApp } from '../provider-app.js';
import { bearerOf, sessionOf } from '../sign-in.js';
import { KEYS } from '../provider-calls.js';

/** An organization of its own with an Owner, so that what is done to one says nothing about the next. */
export class Tenant {
  private constructor(
    readonly app: ProviderApp,
    readonly org: { id: number; name: string },
    readonly owner: MadeUser & { memberId: number },
    readonly key: MadeKey,
    /** Signed in as our own staff. */
    readonly staff: Client,
  ) {}

  static async make(app: ProviderApp, staff: Client): Promise<Tenant> {
    const { make } = app.test;
    const org = await make.org();
    const owner = await make.member(org, 'Owner');
    return new Tenant(app, org, owner, await make.accessKey(owner), staff);
  }

  get byKey(): Client {
    return this.app.test.api.as({ key: this.key.key });
  }

  async bySession(): Promise<Client> {
    return this.app.test.api.as(await sessionOf(this.app.test, this.owner));
  }

  /** The cookie of a session of the Owner's, without the proof that our own page sends it. */
  async cookie(): Promise<string> {
    return `sessionid=${(await sessionOf(this.app.test, this.owner)).session}`;
  }

  async byToken(): Promise<Client> {
    return this.app.test.api.as(await bearerOf(this.app.test, this.owner));
  }

  password(): Promise<string> {
    return this.app.test.make.password(this.owner);
  }

  async refreshToken(): Promise<string> {
    return (await logInForTokens(this.app.test, this.owner)).refresh;
  }

  /** Another member, with the least role. */
  async viewer(): Promise<MadeUser & { memberId: number }> {
    return this.app.test.make.member(this.org, 'Viewer');
  }

  /** A key of the Owner's that is confined to the organization. */
  async confinedKey(): Promise<MadeKey> {
    return this.app.test.make.accessKey(this.owner, { organization: this.org });
  }

  /** Stores a provider key that its fake takes for good. */
  async providerKey(type: KeyType = 'A'): Promise<number> {
    this.app.fakes.byType[type].goodKeys.add(KEYS[type]);
    return this.created(this.byKey, `/api/orgs/${this.org.id}/api-keys/`, {
      key_type: type,
      key: KEYS[type],
    });
  }

  /** An invitation of another organization to the Owner. */
  async invitation(): Promise<number> {
    const host = await Tenant.make(this.app, this.staff);
    const invitation = { email: this.owner.email, role: 'Viewer' };
    return this.created(host.byKey, `/api/orgs/${host.org.id}/members/`, invitation);
  }

  /** A grant of an access key to the Owner. */
  async grant(): Promise<number> {
    return this.created(this.staff, '/api/admin/access-key-grants/', {
      user: this.owner.id,
      organization: this.org.id,
      access_level: 'read_only',
      name: 'Granted',
      reason: 'Asked for',
    });
  }

  /** What the Owner asks for. */
  async request(by: Promise<Client> = this.bySession()): Promise<number> {
    return this.created(await by, '/api/auth/access-key-requests/', {
      organization: this.org.id,
      access_level: 'full_access',
      name: 'Wanted',
      reason: 'Needed',
    });
  }

  /** What a member asks for whom the Owner, or staff, may give it. */
  async requestOfViewer(): Promise<number> {
    const { test } = this.app;
    const viewer = await this.viewer();
    return this.request(sessionOf(test, viewer).then((session) => test.api.as(session)));
  }

  /** A live session of the Owner's. */
  async session(): Promise<number> {
    await sessionOf(this.app.test, this.owner);
    const [row] = await this.app.test.database.query<{ id: number }>(
      'SELECT max(id) AS id FROM sessions WHERE user_id = $1',
      [this.owner.id],
    );
    return row?.id ?? 0;
  }

  /** The token of a link with which the Owner may choose a password. */
  async passwordToken(): Promise<string> {
    const answer = await this.staff.post(`/api/admin/users/${this.owner.id}/password-link/`);
    return answer.body.token as string;
  }

  private async created(client: Client, path: string, body: unknown): Promise<number> {
    const answer = await client.post(path, body);
    if (answer.status !== 201) throw new Error(`Not created at ${path}: ${answer.text}`);
    return answer.body.id as number;
  }
}
