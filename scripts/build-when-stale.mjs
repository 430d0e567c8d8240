// Before `npm start` and `npm run cli`: builds what is missing or older than its sources, if what builds it is installed. An
// installation without development dependencies runs what was built elsewhere (`npm ci --omit=dev` beside a `dist/`).
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** What is built, the file that is written last, and from what. */
const BUILT = [
  {
    needs: 'dist/src/main.js',
    stamp: 'dist/src/cli/main.js',
    sources: ['src', 'migrations', 'tsconfig.json', 'tsconfig.build.json'],
  },
  { needs: 'dist/web/index.html', stamp: 'dist/web/index.html', sources: ['web'] },
  {
    needs: 'dist/guides/index.html',
    stamp: 'dist/guides/index.html',
    sources: ['docs/guide', 'docs/errors.md', 'clients/typescript/README.md', 'clients/python/README.md'],
  },
];

process.chdir(path.join(path.dirname(fileURLToPath(import.meta.url)), '..'));
const stale = BUILT.filter(isStale);
if (stale.length > 0) {
  const missing = !existsSync('dist/src/main.js');
  if (existsSync('node_modules/typescript')) {
    const { status } = spawnSync('npm', ['run', '--silent', 'build'], {
      stdio: ['ignore', process.stderr, 'inherit'],
    });
    if (status !== 0) process.exit(status ?? 1);
  } else if (missing) {
    console.error(
      'dist/ is missing, and what builds it is not installed. Run `npm ci` and `npm run build`, or bring a built dist/.',
    );
    process.exit(1);
  } else {
    console.error(
      'dist/ is older than its sources, and what builds it is not installed: the older one runs.',
    );
  }
}

function isStale({ needs, stamp, sources }) {
  const present = sources.filter((source) => existsSync(source));
  if (present.length === 0) return false; // only what was built was brought here
  if (!existsSync(needs) || !existsSync(stamp)) return true;
  const built = statSync(stamp).mtimeMs;
  return present.some((source) => filesOf(source).some((file) => statSync(file).mtimeMs > built));
}

function filesOf(entry) {
  if (!statSync(entry).isDirectory()) return [entry];
  return readdirSync(entry, { withFileTypes: true }).flatMap((found) =>
    found.name === 'node_modules' ? [] : filesOf(path.join(entry, found.name)),
  );
}
