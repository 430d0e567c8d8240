import { readFileSync } from 'node:fs';

interface Locked {
  readonly version: string;
  readonly integrity?: string;
  readonly link?: boolean;
  /** Used to build, test or lint, and in nothing that runs. */
  readonly dev?: boolean;
}

const { packages } = JSON.parse(readFileSync('package-lock.json', 'utf8')) as {
  packages: Record<string, Locked>;
};
const installed = Object.entries(packages).filter(([path]) => path.includes('node_modules/')); // the others are ours
const nameOf = (path: string): string =>
  path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
const versionsOf = (pattern: RegExp): [string, string][] =>
  installed
    .filter(([path]) => pattern.test(nameOf(path)))
    .map(([path, { version }]) => [nameOf(path), version]);

function atLeast(version: string, floor: string): boolean {
  const [is, must] = [version, floor].map((text) => text.split(/[.-]/, 3).map(Number)) as [
    number[],
    number[],
  ];
  const differs = is.findIndex((part, n) => part !== must[n]);
  return differs === -1 || (is[differs] ?? 0) > (must[differs] ?? 0);
}

/** The first versions without the holes that like systems had (docs/security.md): what is below must not come back. */
const FLOORS: [string, RegExp, string][] = [
  [
    'paths that guards did not see (CVE-2025-69211, CVE-2026-2293, CVE-2026-54281)',
    /^@nestjs\/(?:core|common|platform-fastify)$/,
    '11.1.24',
  ],
  ['a content type that skipped validation (CVE-2026-25223)', /^fastify$/, '5.7.2'],
  ['tokens without an algorithm (CVE-2022-23540, -23539, -23541)', /^jsonwebtoken$/, '9.0.0'],
  ['conditions with undefined that matched everything', /^typeorm$/, '1.0.0'],
  ['file paths out of the folder of the documentation', /^@fastify\/static$/, '8.0.0'],
];

describe('package-lock.json (M5)', () => {
  it.each(FLOORS)('%s: fixed in every copy that is installed', (_hole, name, floor) => {
    const found = versionsOf(name);
    expect(found.length).toBeGreaterThan(0);
    expect(found.filter(([, version]) => !atLeast(version, floor))).toEqual([]);
  });

  it('jws has no copy that verifies with a secret of the token’s choice (CVE-2025-65945)', () => {
    const found = versionsOf(/^jws$/);
    expect(found.length).toBeGreaterThan(0);
    for (const [, version] of found)
      expect(atLeast(version, version.startsWith('4.') ? '4.0.1' : '3.2.3')).toBe(true);
  });

  it('packages that we decided against are in nothing that runs, not even through others', () => {
    const unwanted = /^(?:axios|fast-jwt|request|node-fetch|http-proxy|follow-redirects)$/;
    const running = installed.filter(([path, { dev }]) => unwanted.test(nameOf(path)) && !dev);
    expect(running.map(([path]) => path)).toEqual([]);
  });

  it('every package has its integrity', () => {
    const without = installed.filter(([, { integrity, link }]) => !integrity && !link);
    expect(without.map(([path]) => path)).toEqual([]);
  });
});
