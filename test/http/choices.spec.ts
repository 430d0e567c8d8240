import { startTestApp, type TestApp } from '../support/app.js';
import { caller, type Caller } from '../support/callers.js';

let test: TestApp;
let anybody: Caller;
beforeAll(async () => {
  test = await startTestApp();
  anybody = await caller(test, undefined, 'read_only');
});
afterAll(() => test.close());

const CHOICES = {
  key_types: [
    { value: 'H', label: 'Chainalysis' },
    { value: 'T', label: 'TRM' },
    { value: 'O', label: 'Open Sanctions' },
    { value: 'W', label: 'World Check' },
    { value: 'C', label: 'Castellum' },
    { value: 'A', label: 'OpenAI' },
    { value: 'P', label: 'Perplexity' },
  ],
  access_levels: [
    { value: 'read_only', label: 'Read-only' },
    { value: 'full_access', label: 'Full access' },
  ],
  roles: ['Owner', 'Administrator', 'Analyst', 'Viewer'].map((value) => ({ value, label: value })),
};

it('every set of choices, as plain arrays', async () => {
  expect(await anybody.api.get('/api/choices/')).toMatchObject({ status: 200, body: CHOICES });
});

it.each(Object.entries(CHOICES))('%s alone', async (name, choices) => {
  const answer = await anybody.api.get(`/api/choices/${name}/`);
  expect(answer.status).toBe(200);
  expect(answer.body).toEqual(choices);
});

it.each(['planets', 'toString', '__proto__', 'constructor'])('404 for %s', async (name) => {
  expect((await anybody.api.get(`/api/choices/${name}/`)).status).toBe(404);
});

it('for callers alone', async () => {
  expect((await test.api.get('/api/choices/')).status).toBe(401);
});
