import { spawnSync } from 'node:child_process';
import { describeWithPython, PYTHON } from '../support/programs.js';
import { CASES, TITLED } from './drf-parity/cases.js';
import type { Case } from './drf-parity/parity.js';

/** What the original answered, and the id of the user whom the table calls `{user}`. */
interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
  readonly user: string;
}

const PROGRAM = 'test/support/django/original.py';

/** A case as the program reads it. */
function asSent({ as, method, path, headers = {}, body }: Case): object {
  const content = typeof body === 'string' ? { text: body } : body && { bytes: body.toString('base64') };
  return { as, method, path, headers, ...content };
}

/** Of a JSON body what both sides mean alike: there is no `code`, an instant is one, and a set has no order. */
function meant(text: string): unknown {
  const body = JSON.parse(text) as unknown;
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return body;
  const { expires_at: instant, permissions, ...rest } = body as Record<string, unknown>;
  delete rest['code'];
  return {
    ...rest,
    ...(instant !== undefined && {
      expires_at: typeof instant === 'string' ? new Date(instant).toISOString() : instant,
    }),
    ...(permissions !== undefined && {
      permissions: Array.isArray(permissions) ? permissions.toSorted() : permissions,
    }),
  };
}

/** That the original answers as the table says that we do. */
function expectSame(each: Case, { status, headers, text, user }: Answer): void {
  expect({ status, text }).toEqual({ status: each.status, text: expect.any(String) });
  for (const name of ['content-type', 'allow']) {
    const expected = each.answered?.[name];
    if (expected !== undefined) expect([name, headers[name]]).toEqual([name, expected]);
  }
  // a project's own page for a path that it has not; what there is of HEAD; and what `parses` tells, where multipart differs
  const compared =
    headers['content-type'] === 'application/json' && !['HEAD', 'OPTIONS'].includes(each.method);
  if (!compared) return;
  const body = meant(text);
  if (each.rows !== undefined) expect((body as { results: unknown[] }).results).toHaveLength(each.rows);
  if (each.first !== undefined)
    expect(body).toMatchObject({
      results: expect.arrayContaining([{ user: { name: each.first } }]) as unknown,
    });
  if (each.namesUser) expect(body).toMatchObject({ user: Number(user) });
  const taken = each.thenRead?.[1] ?? each.answer;
  if (taken === undefined) return;
  if (status >= 400) expect(body).toEqual(taken);
  else if (each.method === 'PATCH') expect(body).toMatchObject(sentOf(taken as object, body as object));
  else if (!each.path.endsWith('/report-leak/')) expect(body).toMatchObject(taken as object); // what comes of a report is ours
}

/** Of what we answer to a PATCH what was sent: the original, which keeps nothing, shows that alone. */
function sentOf(taken: object, shown: object): object {
  return Object.fromEntries(Object.entries(taken).filter(([name]) => name in shown));
}

describeWithPython(
  'rest_framework',
  'rest_framework_simplejwt',
  'django_filters',
)('Django REST Framework and Simple JWT themselves, with the requests of the parity table', () => {
  let answers: readonly Answer[];
  beforeAll(() => {
    const { status, stdout, stderr } = spawnSync(PYTHON, [PROGRAM], {
      input: JSON.stringify(CASES.map(asSent)),
      encoding: 'utf8',
      maxBuffer: 1e8,
    });
    expect({ status, stderr: status === 0 ? '' : stderr }).toEqual({ status: 0, stderr: '' });
    answers = JSON.parse(stdout) as Answer[];
  }, 120_000);

  it.each(TITLED.map(([title, each], at) => [title, each, at] as const))('%s', (_title, each, at) => {
    const answer = answers[at] as Answer;
    if (each.parity === 'same') expectSame(each, answer);
    else expect(() => expectSame(each, answer)).toThrow();
  });
});
