// `npm run build:web`: the console into dist/web, unless it stands there already, as new as everything that it is made of.
// With --check it builds nothing, and fails where it would have to.
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const here = path.dirname(fileURLToPath(import.meta.url));
const sources = [path.join(here, 'src'), here, path.join(here, '..', 'docs', 'api')];
const page = path.join(here, '..', 'dist', 'web', 'index.html');
const GENERATED = 'schema.ts';

/** When the newest file of a folder was changed; those of `src` with all below it. */
function newest(folder) {
  const below = readdirSync(folder, { withFileTypes: true, recursive: folder.endsWith('src') });
  const files = below.filter((entry) => entry.isFile() && entry.name !== GENERATED);
  return Math.max(...files.map(({ parentPath, name }) => statSync(path.join(parentPath, name)).mtimeMs));
}

const fresh = existsSync(page) && statSync(page).mtimeMs > Math.max(...sources.map(newest));
if (!fresh && process.argv.includes('--check')) {
  console.error('The console is not built, or was changed since: npm run build:web');
  process.exit(1);
}
if (!fresh) {
  for (const command of [
    ['run', '--silent', 'api'],
    ['exec', '--', 'vite', 'build', '--logLevel', 'warn'],
  ]) {
    execFileSync('npm', command, { cwd: here, stdio: 'inherit', shell: process.platform === 'win32' });
  }
}
