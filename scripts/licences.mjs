// The licences of all dependencies, from package-lock.json: `npm run licences` lists them, `--check` fails where one is not
// among those that were agreed to.
import { readFileSync } from 'node:fs';
import satisfies from 'spdx-satisfies';

/** Of what runs or is shipped: nothing that asks more than to be named. */
const SHIPPED = [
  '0BSD',
  'Apache-2.0',
  'BlueOak-1.0.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'CC0-1.0',
  'ISC',
  'MIT',
  'Python-2.0',
];
/** Of tools besides: they change nothing of what is built with them. */
const TOOLS = [...SHIPPED, 'CC-BY-3.0', 'CC-BY-4.0', 'MPL-2.0', 'Unlicense'];

/** Packages that leave the field of their package.json empty, and the licence that they come with all the same. */
const TOLD_ELSEWHERE = { 'passport-strategy': 'MIT', pause: 'MIT', reserved: 'MIT' };

const { packages } = JSON.parse(readFileSync('package-lock.json', 'utf8'));
const dependencies = Object.entries(packages)
  .filter(([path, { link }]) => path.includes('node_modules/') && !link) // the others are ours
  .map(([path, { version, license, dev = false }]) => {
    const name = path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
    return { name: `${name}@${version}`, licence: license ?? TOLD_ELSEWHERE[name] ?? 'none', dev };
  });

const isAllowed = ({ licence, dev }) => {
  try {
    return satisfies(licence, dev ? TOOLS : SHIPPED);
  } catch {
    return false; // no expression of SPDX
  }
};
const refused = dependencies.filter((dependency) => !isAllowed(dependency));

if (!process.argv.includes('--check')) {
  const byLicence = {};
  for (const one of dependencies) (byLicence[one.licence] ??= []).push(one);
  for (const [licence, those] of Object.entries(byLicence).sort(([, a], [, b]) => b.length - a.length)) {
    console.log(`${licence} (${those.length})`);
    console.log(`  ${those.map(({ name, dev }) => (dev ? `${name} (tool)` : name)).join('\n  ')}`);
  }
}
for (const { name, licence } of refused)
  console.error(`${name}: ${licence} is not agreed to (scripts/licences.mjs)`);
process.exit(refused.length > 0 ? 1 : 0);
