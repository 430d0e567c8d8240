import { readFileSync } from 'node:fs';
import { randomText } from '../../src/common/crypto/random-text.js';

interface CustomPattern {
  readonly before_secret: string;
  readonly secret_format: string;
  readonly after_secret: string;
  readonly must_not_match: readonly string[];
  readonly test_string: string;
}

const FOLDER = 'deploy/secret-scanning';

/** The rule as gitleaks reads it: `(?i)` is JavaScript's flag `i`. */
function byGitleaks(text: string): string | undefined {
  const rules = readFileSync(`${FOLDER}/gitleaks.toml`, 'utf8');
  const [, regex = ''] = /^regex = '''\(\?i\)(.+)'''$/m.exec(rules) ?? [];
  const [, allowed = ''] = /^regexes = \['''(.+)'''\]$/m.exec(rules) ?? [];
  const found = new RegExp(regex, 'i').exec(text)?.[1];
  return found !== undefined && new RegExp(allowed).test(found) ? undefined : found;
}

const pattern = JSON.parse(readFileSync(`${FOLDER}/github-custom-pattern.json`, 'utf8')) as CustomPattern;

/** The pattern as GitHub puts it together: `\z` is JavaScript's `$`. */
function byGitHub(text: string): string | undefined {
  const { before_secret, secret_format, after_secret, must_not_match } = pattern;
  const whole = `(?:${before_secret})(${secret_format})(?:${after_secret.replace('\\z', '$')})`;
  const found = new RegExp(whole).exec(text)?.[1];
  return found !== undefined && must_not_match.some((one) => new RegExp(one).test(found)) ? undefined : found;
}

const KEY = `${randomText(8)}.${randomText(32)}`;

/** The sample with a key in its place. */
const withKey = (text: string): string => text.replace('<key>', KEY).replace('<short>', KEY.slice(1));

const LEAKS: readonly string[] = [
  `curl https://api.cryptocomply.xyz/api/orgs/ -H "Authorization: Api-Key <key>"`,
  `headers = {'Authorization': 'api-key <key>'}`,
  `CRYPTOCOMPLY_API_KEY=<key>\n`,
  `export API_KEY="<key>"`,
  `"apiKey": "<key>",`,
  `access_key: <key>`,
  `  cryptocomply.access-key = '<key>';`,
  `const accessKey = \`<key>\`;`,
  `:api_key => "<key>"`,
];

const NO_LEAKS: readonly string[] = [
  'curl -H "Authorization: Api-Key qTizYIPb.mtGvbj55SYLKscTq1lKb3yPSmxTtxXa7"',
  `a key that stands alone: <key>`,
  `api_key = "<key>x"`,
  `api_key = "<short>"`,
  'api_key = "$API_KEY"',
  `integrity: "sha512-<key>"`,
  'Authorization: Bearer eyJhbGciOiJSUzI1NiJ9.eyJ1c2VyX2lkIjo0fQ.c2lnbmF0dXJl',
  'api_key: com.example.service.configuration.ApiKey',
];

describe.each([
  ['gitleaks', byGitleaks],
  ['a custom pattern of GitHub’s', byGitHub],
] as const)('%s', (_name, find) => {
  it.each(LEAKS)('finds the key in: %s', (text) => {
    expect(find(withKey(text))).toBe(KEY);
  });

  it.each(NO_LEAKS)('finds none in: %s', (text) => {
    expect(find(withKey(text))).toBeUndefined();
  });
});

it('the test string of the custom pattern is one that it finds', () => {
  expect(byGitHub(pattern.test_string)).toBe('Zk3vT9qA.pX7mW2nR8sL4cJ6hB1yD5gF0eK9uQ3tV');
});
