import { existsSync, readFileSync } from 'node:fs';

it.each([
  ['docs/owasp-api-top-10.md', 'API'],
  ['docs/owasp-nhi-top-10.md', 'NHI'],
])('%s answers each of the ten risks, by tests that there are', (page, risk) => {
  const rows = readFileSync(page, 'utf8')
    .split('\n')
    .filter((line) => line.startsWith(`| ${risk}`))
    .map((line) => line.split('|').map((cell) => cell.trim()));
  expect(rows.map(([, name = '']) => name.split(' ')[0])).toEqual(
    Array.from({ length: 10 }, (_, at) => `${risk}${at + 1}`),
  );
  for (const [, name, does = '', shown = '', left = ''] of rows) {
    const specs = [...shown.matchAll(/`([^`]+\.spec\.ts)`/g)].map(([, file = '']) => file);
    expect({ name, specs: specs.length > 0, does: does.length > 20, left: left.length > 5 }).toEqual({
      name,
      specs: true,
      does: true,
      left: true,
    });
    expect({ name, missing: specs.filter((file) => !existsSync(`test/${file}`)) }).toEqual({
      name,
      missing: [],
    });
  }
});
