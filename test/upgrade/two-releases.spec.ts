import path from 'node:path';
import { AuditSealer } from '../../src/audit/sealing/audit-sealer.js';
import { AuditVerifier } from '../../src/audit/verification/audit-verifier.js';
import { callingStaff } from '../support/callers.js';
import { logInForTokens } from '../support/log-in.js';
import { type ProviderApp, ProviderTenant, startProviderApp } from '../support/provider-app.js';
import { startChild } from '../support/service-process.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { checkOutPrevious, hasPrevious, PREVIOUS } from './previous-release.js';

const TARGET = '/v1/models';

function describeWithPrevious(): jest.Describe {
  if (hasPrevious()) return describe;
  process.stderr.write(`Skipped, for want of commit ${PREVIOUS}: ${expect.getState().testPath ?? ''}\n`);
  return describe.skip; // the line above says why
}

describeWithPrevious()(
  'The previous release on the schema of this one, beside an instance of this one',
  () => {
    let app: ProviderApp;
    let previous: ReturnType<typeof startChild>;
    let url: string;

    beforeAll(async () => {
      app = await startProviderApp();
      const folder = path.join(temporaryFolder(), 'previous');
      checkOutPrevious(folder);
      previous = startChild('service-child.mjs', app.test, {}, folder);
      url = (await previous.nextLine()) ?? '';
    });
    afterAll(async () => {
      await previous.kill();
      await app.close();
    });

    it('takes the schema for its own', async () => {
      expect(await app.test.api.at(url).get('/readyz')).toMatchObject({ status: 200 });
    });

    it.each(['previous', 'new'])(
      'keys that the %s release issues, rotates and revokes are so on the other',
      async (one) => {
        const { here, there } =
          one === 'previous' ? { here: url, there: app.test.url } : { here: app.test.url, there: url };
        const staff = (await callingStaff(app.test)).api.at(here);
        const org = await app.test.make.org();
        const member = await app.test.make.member(org, 'Owner');
        const body = { user: member.id, organization: org.id, access_level: 'full_access', name: 'Reports' };
        const issued = await staff.post('/api/admin/access-keys/', body);
        expect(issued.status).toBe(201);
        const mine = app.test.api.at(there).as({ key: issued.body.key });
        expect((await mine.get('/api/orgs/')).body).toMatchObject([{ id: org.id }]);
        const rotated = await mine.post('/api/auth/access-keys/current/rotate/', { grace_seconds: 0 });
        expect(rotated.status).toBe(201);
        const successor = app.test.api.at(here).as({ key: rotated.body.key });
        expect((await successor.get('/api/orgs/')).status).toBe(200);
        expect((await mine.get('/api/orgs/')).status).toBe(401);
        expect((await staff.post(`/api/admin/access-keys/${rotated.body.id}/revoke/`, {})).status).toBe(200);
        expect((await successor.at(there).get('/api/orgs/')).status).toBe(401);
      },
    );

    it('a login of the previous one is good, refreshed and ended on this one', async () => {
      const user = await app.test.make.user();
      const { refresh } = await logInForTokens({ ...app.test, api: app.test.api.at(url) }, user);
      const refreshed = await app.test.api.post('/api/auth/token/refresh/', { refresh });
      expect(refreshed.status).toBe(200);
      const before = app.test.api.at(url).as({ bearer: refreshed.body.access });
      expect((await before.get('/api/auth/me/')).status).toBe(200);
      await app.test.api.post('/api/auth/token/revoke/', { refresh: refreshed.body.refresh });
      expect((await before.get('/api/auth/me/')).status).toBe(401);
    });

    it('a provider key that this one stored is used by the previous one, and the call is counted', async () => {
      const tenant = await ProviderTenant.make(app);
      const { id } = await tenant.store('A');
      const owner = tenant.owner.api.at(url);
      expect((await owner.get(tenant.path('A', TARGET))).status).toBe(200);
      const listed = await tenant.owner.api.get(`/api/orgs/${tenant.org.id}/api-keys/${id}/`);
      expect(listed.body).toMatchObject({ usage_count: 1 });
    });

    it('the audit log of both is one, and whole', async () => {
      const staff = await callingStaff(app.test);
      for (const api of [staff.api.at(url), staff.api])
        expect((await api.post('/api/admin/orgs/', { name: 'Acme' })).status).toBe(201);
      const chained = await app.test.database.query(
        `SELECT action FROM audit_events WHERE actor_id = $1 AND action = 'organization.created'`,
        [staff.id],
      );
      expect(chained).toHaveLength(2);
      await app.test.app.get(AuditSealer, { strict: false }).seal();
      const verdict = await app.test.app.get(AuditVerifier, { strict: false }).verify();
      const [{ all } = { all: 0 }] = await app.test.database.query<{ all: number }>(
        'SELECT count(*)::int AS "all" FROM audit_events',
      );
      expect(verdict).toMatchObject({ ok: true, broken: [], pending: 0, checked: all });
    });
  },
);
