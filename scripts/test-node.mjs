// Runs the suite on another release of Node: `npm run test:node -- 24`; what follows the number is jest's (a spec's name).
// The release comes from npm, as the package that holds this platform's binary.
import { spawnSync } from 'node:child_process';

const [major = '', ...words] = process.argv.slice(2);
if (!/^\d{2}$/.test(major)) {
  console.error('Say which: npm run test:node -- 20, 22 or 24');
  process.exit(2);
}

const on = ['exec', '--yes', '--package', `node-${process.platform}-${process.arch}@${major}`, '--'];
const asked = spawnSync('npm', [...on, 'node', '--version'], { encoding: 'utf8' });
const version = asked.stdout.trim();
if (!version.startsWith(`v${major}.`)) {
  console.error(`Node ${major} can't be had for this platform: ${asked.stderr || version}`);
  process.exit(1);
}
console.log(`On Node ${version}:`);
const { status } = spawnSync('npm', [...on, 'npm', 'test', '--', ...words], { stdio: 'inherit' });
process.exit(status ?? 1);
