import { startTestApp, type TestApp } from '../support/app.js';
import { bearerOf, sessionOf } from '../support/sign-in.js';

let test: TestApp;
beforeAll(async () => {
  test = await startTestApp();
});
afterAll(() => test.close());

describe('GET /api/orgs/', () => {
  it('200 lists the organizations that a full key reaches, as a plain array', async () => {
    const org = await test.make.org();
    const owner = await test.make.member(org, 'Owner');
    const { key } = await test.make.accessKey(owner);
    const answer = await test.api.as({ key }).get('/api/orgs/');
    expect(answer).toMatchObject({ status: 200, body: [{ id: org.id, name: org.name, role: 'Owner' }] });
  });

  it.each([
    ['an API key', async (user: { id: number }) => ({ key: (await test.make.accessKey(user)).key })],
    ['a JWT', (user: { id: number }) => bearerOf(test, user)],
    ['a session', (user: { id: number }) => sessionOf(test, user)],
  ])('200 the same by %s', async (_scheme, credential) => {
    const org = await test.make.org();
    const viewer = await test.make.member(org, 'Viewer');
    const answer = await test.api.as(await credential(viewer)).get('/api/orgs/');
    expect(answer).toMatchObject({ status: 200, body: [{ id: org.id, name: org.name, role: 'Viewer' }] });
  });

  it('401 without a credential, with the challenge and the documented sentence', async () => {
    const answer = await test.api.get('/api/orgs/');
    expect(answer.status).toBe(401);
    expect(answer.headers.get('www-authenticate')).toBe('Api-Key realm="api", Bearer realm="api"');
    expect(answer.body).toEqual({
      detail: 'Authentication credentials were not provided.',
      code: 'not_authenticated',
    });
  });

  it('405 with Allow for a method that the path does not have, 404 for a path that is not there', async () => {
    const wrongMethod = await test.api.post('/api/orgs/', {});
    expect(wrongMethod).toMatchObject({ status: 405, body: { code: 'method_not_allowed' } });
    expect(wrongMethod.headers.get('allow')).toBe('GET, HEAD, OPTIONS');
    expect(await test.api.get('/api/nowhere/')).toMatchObject({ status: 404, body: { code: 'not_found' } });
  });
});
