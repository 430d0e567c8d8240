import type { INestApplicationContext } from '@nestjs/common';
import { OPERATOR } from '../access/principal.js';
import type { AccessLevel } from '../access/access-level.js';
import type { SystemRole } from '../access/system-roles.js';
import { AccessKeysService } from '../api-access-keys/access-keys.service.js';
import { AuditSealer } from '../audit/sealing/audit-sealer.js';
import { PasswordLinksService } from '../auth/accounts/password-links.service.js';
import { randomText } from '../common/crypto/random-text.js';
import type { Env } from '../config/env.js';
import { publicOrigin } from '../config/public-origin.js';
import { MembersService } from '../organizations/members.service.js';
import { OrganizationsService } from '../organizations/organizations.service.js';
import { UsersService } from '../users/users.service.js';

/**
 * On an empty embedded database: one staff user, one organization with an Owner and a Viewer, and two keys of the
 * Owner's. Every secret is random and told this once, in the text that it gives. It goes through the same services as
 * everybody's requests, and does nothing when there is a user already. Its audit events are sealed when it returns.
 */
export async function setUpDemo(app: INestApplicationContext, env: Env): Promise<string | undefined> {
  const users = app.get(UsersService, { strict: false });
  if ((await users.count()) > 0) return undefined;
  const demo = new Demo(app);
  const organization = await app
    .get(OrganizationsService, { strict: false })
    .create(OPERATOR, { name: 'Demo Exchange' });
  const staff = await demo.user('staff@demo.example', 'Demo Staff', true);
  const owner = await demo.member(organization.id, 'owner@demo.example', 'Demo Owner', 'Owner');
  const viewer = await demo.member(organization.id, 'viewer@demo.example', 'Demo Viewer', 'Viewer');
  const readOnly = await demo.key(owner.id, 'Dashboard', 'read_only');
  const full = await demo.key(owner.id, 'Integration', 'full_access');
  await app.get(AuditSealer, { strict: false }).seal();
  return banner(publicOrigin(env), { organization: organization.id, staff, owner, viewer, readOnly, full });
}

interface Account {
  id: number;
  email: string;
  password: string;
}

class Demo {
  constructor(private readonly app: INestApplicationContext) {}

  async user(email: string, name: string, isStaff = false): Promise<Account> {
    const { id } = await this.app
      .get(UsersService, { strict: false })
      .create(OPERATOR, { email, name, isStaff });
    const links = this.app.get(PasswordLinksService, { strict: false });
    const { token } = await links.create(OPERATOR, id);
    const password = randomText(20);
    await links.use(OPERATOR, token, password);
    return { id, email, password };
  }

  async member(organizationId: number, email: string, name: string, role: SystemRole): Promise<Account> {
    const account = await this.user(email, name);
    await this.app
      .get(MembersService, { strict: false })
      .add(OPERATOR, organizationId, { userId: account.id, role });
    return account;
  }

  async key(userId: number, name: string, accessLevel: AccessLevel): Promise<string> {
    const issued = await this.app
      .get(AccessKeysService, { strict: false })
      .issue(OPERATOR, { userId, name, accessLevel });
    return issued.key;
  }
}

interface BannerValues {
  organization: number;
  staff: Account;
  owner: Account;
  viewer: Account;
  readOnly: string;
  full: string;
}

function banner(url: string, { organization, staff, owner, viewer, readOnly, full }: BannerValues): string {
  const credentials = `{"email":"${owner.email}","password":"${owner.password}"}`;
  const json = `-H 'Content-Type: application/json'`;
  return `
A demo was set up. Its secrets are shown this once:

  organization      ${organization}  Demo Exchange
  staff             ${staff.email}   ${staff.password}
  Owner             ${owner.email}   ${owner.password}
  Viewer            ${viewer.email}  ${viewer.password}
  read-only key     ${readOnly}
  full-access key   ${full}

The three ways in, to paste into another terminal:

# API key
curl ${url}/api/orgs/ -H 'Authorization: Api-Key ${readOnly}'

# JWT
curl ${url}/api/orgs/ -H "Authorization: Bearer $(curl -s ${url}/api/auth/token/ ${json} -d '${credentials}' | sed 's/.*"access":"\\([^"]*\\)".*/\\1/')"

# Session cookie
J=$(mktemp) && curl -so /dev/null -c $J ${url}/api/auth/csrf/ && curl -so /dev/null -b $J -c $J ${url}/api/auth/login/ -H "X-CSRFToken: $(awk '/csrftoken/{print $7}' $J)" -H 'Origin: ${url}' ${json} -d '${credentials}' && curl -b $J ${url}/api/orgs/
`;
}
