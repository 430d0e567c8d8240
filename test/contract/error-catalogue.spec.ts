import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

const source = readdirSync('src', { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts'))
  .map((file) => readFileSync(path.join('src', file), 'utf8'))
  .join('\n');

/** Every code that the source can answer with: a class's own, the first argument of a conflict or a bearer's refusal, or what rules.ts finds. */
const inCode = new Set(
  [
    /\bcode(?:: string)? = '(\w+)'/g,
    /new (?:Conflict|InvalidBearer)\(\s*'(\w+)'/g,
    /\bfound\(\s*'\w+',\s*'(\w+)'/g,
  ].flatMap((pattern) => [...source.matchAll(pattern)].map((match) => match[1])),
);
const inDocs = new Set(
  [...readFileSync('docs/errors.md', 'utf8').matchAll(/^\| `(\w+)` +\|/gm)].map((match) => match[1]),
);

it('docs/errors.md lists every code that the service can answer with', () => {
  expect([...inCode].filter((code) => !inDocs.has(code))).toEqual([]);
  expect(inCode.size).toBeGreaterThan(20);
});

it('docs/errors.md lists no code that the service does not have', () => {
  expect([...inDocs].filter((code) => !inCode.has(code))).toEqual([]);
});
