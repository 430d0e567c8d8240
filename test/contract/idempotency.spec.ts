import type { Type } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';
import { declaredRoutes } from '../../src/http/declared-routes.js';
import { IDEMPOTENT } from '../../src/http/idempotent.js';
import { startTestApp, type TestApp } from '../support/app.js';
import type { Answer } from '../support/client.js';
import { readApiDocument } from '../support/contract/api-document.js';
import { schemesOf, type Scheme, type Writes, writesOf } from '../support/contract/writes.js';
import { pauseRecurringJobs } from '../support/recurring-jobs.js';
import { changedTables, tableSums } from '../support/table-sums.js';
import { RULES } from './access-matrix.js';

/**
 * What each POST of the contract makes, by hand: `creates` something that can be shown again, `issues` a secret that can't,
 * or neither, and why a repeat of it needs no key. A POST that isn't here fails until somebody decides.
 */
const POSTS: Readonly<Record<string, string>> = {
  'POST /api/orgs/{org_pk}/members/': 'creates',
  'POST /api/orgs/{org_pk}/roles/': 'creates',
  'POST /api/orgs/{org_pk}/api-keys/': 'creates',
  'POST /api/orgs/{org_pk}/access-key-requests/{id}/approve/': 'creates',
  'POST /api/admin/orgs/': 'creates',
  'POST /api/admin/orgs/{id}/members/': 'creates',
  'POST /api/admin/users/': 'creates',
  'POST /api/admin/access-key-grants/': 'creates',
  'POST /api/admin/access-key-requests/{id}/approve/': 'creates',
  'POST /api/auth/access-key-requests/': 'creates',
  'POST /api/auth/invitations/{id}/accept/': 'creates',

  'POST /api/admin/users/{id}/password-link/': 'issues',
  'POST /api/admin/access-keys/': 'issues',
  'POST /api/admin/access-keys/{id}/rotate/': 'issues',
  'POST /api/auth/access-keys/': 'issues',
  'POST /api/auth/access-keys/{id}/rotate/': 'issues',
  'POST /api/auth/access-keys/current/rotate/': 'issues',
  'POST /api/auth/access-key-grants/{id}/redeem/': 'issues',

  'POST /mcp': 'writes take two steps, and what confirms the second works once',
  'POST /api/auth/token/': 'no credential is read: there is no user whose key it would be',
  'POST /api/auth/token/refresh/': 'no credential is read; a retry within 10 seconds gets the same successor',
  'POST /api/auth/token/verify/': 'a question',
  'POST /api/auth/token/revoke/': 'ends something, once',
  'POST /api/auth/introspect/': 'a question',
  'POST /api/auth/login/': 'no credential is read: there is no user whose key it would be',
  'POST /api/auth/logout/': 'ends something, once',
  'POST /api/auth/password/': 'changes something: the old password works only once',
  'POST /api/auth/password/set/': 'no credential is read; a link works once',
  'POST /api/auth/access-keys/diagnose/': 'a question',
  'POST /api/auth/access-keys/report-leak/': 'ends something, once',
  'POST /api/auth/access-keys/current/revoke/': 'ends something, once',
  'POST /api/auth/access-keys/{id}/revoke/': 'ends something, once',
  'POST /api/auth/access-keys/{id}/suspend/': 'sets a state',
  'POST /api/auth/access-keys/{id}/resume/': 'sets a state',
  'POST /api/auth/access-key-requests/{id}/cancel/': 'ends something, once',
  'POST /api/orgs/{org_pk}/access-keys/{id}/revoke/': 'ends something, once',
  'POST /api/orgs/{org_pk}/access-keys/bulk-revoke/': 'ends what was counted, each once',
  'POST /api/admin/access-keys/bulk-revoke/': 'ends what was counted, each once',
  'POST /api/orgs/{org_pk}/access-key-requests/{id}/decline/': 'ends something, once',
  'POST /api/orgs/{org_pk}/api-keys/{api_key_pk}/check/': 'a call to a provider, which creates nothing here',
  'POST /api/orgs/{org_pk}/providers/{key_type}/{path}': 'the provider’s matter: its own header goes forward',
  'POST /api/admin/users/{id}/deactivate/': 'sets a state',
  'POST /api/admin/users/{id}/activate/': 'sets a state',
  'POST /api/admin/access-keys/{id}/revoke/': 'ends something, once',
  'POST /api/admin/access-keys/{id}/suspend/': 'sets a state',
  'POST /api/admin/access-keys/{id}/resume/': 'sets a state',
  'POST /api/admin/access-key-grants/{id}/cancel/': 'ends something, once',
  'POST /api/admin/access-key-requests/{id}/decline/': 'ends something, once',
};
const IDEMPOTENT_POSTS = Object.entries(POSTS).filter(([, kind]) => ['creates', 'issues'].includes(kind));
const CASES = IDEMPOTENT_POSTS.flatMap(([route, kind]) =>
  schemesOf(route).map((scheme) => [route, scheme, kind] as const),
);

let test: TestApp;
let writes: Writes;
beforeAll(async () => {
  test = await startTestApp();
  await pauseRecurringJobs(test.app);
  writes = writesOf(test);
});
afterAll(() => test.close());

/** Sends what succeeds once, with a key, as often as it is called. */
async function sending(route: string, scheme: Scheme): Promise<(change?: object) => Promise<Answer>> {
  const setting = await writes.settingOf(route, scheme);
  const { method, path, body } = await writes.callOf(route, setting);
  const api = setting.api.with({ 'idempotency-key': 'first' });
  return (change) => api.send(method, path, change ? { ...(body as object), ...change } : body);
}

describe('Idempotency-Key, over every POST of the contract (§1)', () => {
  it('each is classified, and nothing is that is not there', () => {
    const posts = Object.keys(RULES).filter((route) => route.startsWith('POST '));
    expect(Object.keys(POSTS).toSorted()).toEqual(posts.toSorted());
  });

  it('exactly those that create or issue take the header, in the code and in the document', () => {
    const controllers = test.app.get(DiscoveryService).getControllers();
    const routes = declaredRoutes(
      controllers.flatMap(({ metatype }) => (metatype ? [metatype as Type] : [])),
    );
    const declared = routes.flatMap(({ method, path, handler }) => {
      const kind = Reflect.getMetadata(IDEMPOTENT, handler) as string | undefined;
      return kind ? [[`${method} ${path.replace(/:(\w+)/g, '{$1}')}/`, kind]] : [];
    });
    expect(Object.fromEntries(declared)).toEqual(Object.fromEntries(IDEMPOTENT_POSTS));
    const documented = Object.entries(readApiDocument().paths).flatMap(([path, item]) =>
      Object.entries(item)
        .filter(([, { parameters = [] }]) => parameters.some(({ name }) => name === 'Idempotency-Key'))
        .map(([method]) => `${method.toUpperCase()} ${path}`),
    );
    expect(documented.toSorted()).toEqual(IDEMPOTENT_POSTS.map(([route]) => route).toSorted());
  });

  it.each(CASES)(
    '%s by %s: a repeat is answered as the contract says, with another body 422, and changes nothing',
    async (route, scheme, kind) => {
      const send = await sending(route, scheme);
      const first = await send();
      expect({ text: first.text, made: [200, 201].includes(first.status) }).toEqual({
        text: first.text,
        made: true,
      });
      const before = await tableSums(test.database);
      const repeat = await send();
      if (kind === 'creates') {
        const shown = ({ status, text, headers }: Answer) => [status, text, headers.get('etag')];
        expect(shown(repeat)).toEqual(shown(first));
      } else {
        expect(repeat).toMatchObject({ status: 409, body: { code: 'already_issued' } });
        const table = route.includes('password-link') ? 'password_links' : 'access_keys';
        const [newest] = await test.database.query<{ id: number }>(`SELECT max(id) AS id FROM ${table}`);
        expect(repeat.body.id).toBe(newest?.id);
      }
      expect(await send({ another: 'body' })).toMatchObject({
        status: 422,
        body: { code: 'idempotency_mismatch' },
      });
      expect(changedTables(before, await tableSums(test.database))).toBe('');
    },
  );

  it.each(CASES)(
    '%s by %s: a malformed key is 400 under its name, and writes nothing',
    async (route, scheme) => {
      const setting = await writes.settingOf(route, scheme);
      const { method, path, body } = await writes.callOf(route, setting);
      const before = await tableSums(test.database);
      const answer = await setting.api.with({ 'idempotency-key': 'two words' }).send(method, path, body);
      expect(answer).toMatchObject({
        status: 400,
        body: { 'Idempotency-Key': ['Send 1 to 255 visible ASCII characters.'] },
      });
      expect(changedTables(before, await tableSums(test.database))).toBe('');
    },
  );
});
