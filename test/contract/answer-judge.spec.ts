import { createApp } from '../../src/app.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { AnswerJudge, type SeenAnswer } from '../support/contract/answer-judge.js';
import { type ApiDocument, readApiDocument } from '../support/contract/api-document.js';
import { WatchedAnswers } from '../support/contract/watched-answers.js';

const judge = new AnswerJudge(readApiDocument());

const role = { id: 1, name: 'Owner', is_system: true, permissions: [], member_count: 0 };
const answer = (changes: Partial<SeenAnswer>, body: unknown = role): SeenAnswer => ({
  method: 'GET',
  route: '/api/orgs/{org_pk}/roles/{id}/',
  status: 200,
  contentType: 'application/json; charset=utf-8',
  body: JSON.stringify(body),
  ...changes,
});

it('an answer as the document declares it is no problem', () => {
  expect(judge.problemOf(answer({}))).toBeUndefined();
  expect(judge.problemOf(answer({ method: 'HEAD', body: '' }))).toBeUndefined();
  expect(
    judge.problemOf(answer({ method: 'DELETE', status: 204, contentType: undefined, body: '' })),
  ).toBeUndefined();
});

it.each<[string, Partial<SeenAnswer>, unknown, RegExp]>([
  ['a status that is not declared', { status: 202 }, role, /→ 202: the status is not declared/],
  ['another content type', { contentType: 'text/html' }, role, /content type text\/html is not declared/],
  [
    'content where none is declared',
    { method: 'DELETE', status: 204 },
    role,
    /json is not declared \(no content\)/,
  ],
  ['no content where some is declared', { contentType: undefined, body: '' }, role, /nothing, where content/],
  [
    'a field that is not declared',
    {},
    { ...role, password_hash: 'x' },
    /additional properties \(password_hash\)/,
  ],
  ['a field of another type', {}, { ...role, id: '1' }, /body\/id must be integer/],
  ['a word that is not one of its field', {}, { ...role, permissions: ['root'] }, /allowed values/],
  ['a field left out', {}, { id: 1 }, /must have required property 'name'/],
  ['a refusal with more than it may tell', { status: 404 }, { detail: 'No.', stack: 'x' }, /\(stack\)/],
  ['a body that is no JSON', { body: 'oops' }, role, /the body is not JSON/],
  ['an operation that is not in the document', { method: 'PUT' }, role, /operation is not in the document/],
  ['a success of no operation', { route: undefined }, role, /no operation, and yet neither 404 nor 405/],
])('%s is found', (_what, changes, body, problem) => {
  expect(judge.problemOf(answer(changes, body))).toMatch(problem);
});

it('a field that is not declared is found inside lists and objects, too', () => {
  const page = { count: 1, next: null, previous: null, results: [{ ...role, secret: 'x' }] };
  expect(judge.problemOf(answer({ route: '/api/orgs/{org_pk}/roles/' }, page))).toMatch(
    /results\/0 must NOT have additional properties \(secret\)/,
  );
});

describe('over a running instance', () => {
  let test: TestApp;
  beforeAll(async () => {
    test = await startTestApp();
  });
  afterAll(() => test.close());

  /** The document without one field of what `healthz` answers: the service itself is then what leaks a field. */
  function doctored(): ApiDocument {
    const text = JSON.stringify(readApiDocument());
    const start = text.indexOf('"/healthz"');
    return JSON.parse(
      text.slice(0, start) +
        text
          .slice(start)
          .replace('"properties":{"status":', '"properties":{"another":')
          .replace('["status"]', '[]'),
    ) as ApiDocument;
  }

  it('an answer that differs from the document fails the file when it closes the service (F5)', async () => {
    const seen = await startWatched(doctored());
    await fetch(`${seen.url}/healthz`);
    expect(() => seen.answers.assertAllDeclared()).toThrow(
      /1 kinds of answers.+\nGET \/healthz → 200: .+\(status\) in \{"status":"ok"\}/,
    );
    await seen.close();
  });

  async function startWatched(document: ApiDocument) {
    const app = await createApp({ ...test.env, LOG_LEVEL: 'silent' });
    const answers = new WatchedAnswers(app, new AnswerJudge(document));
    await app.listen(0, '127.0.0.1');
    return { answers, url: await app.getUrl(), close: () => app.close() };
  }
});
