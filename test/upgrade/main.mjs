// `npm run test:upgrade [-- spec …]`: the specs of the release before this one, with its own code, on a database with the schema and
// the privileges of this one (docs/adr/0042). Without names: all that speak HTTP.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { requireTypeScript } from '../support/typescript-hook.mjs';

const require = requireTypeScript(import.meta.url);
const { checkOutPrevious } = require('./previous-release.ts');
const { startTestServer } = require('../support/test-server.ts');

const folder = mkdtempSync(path.join(tmpdir(), 'cryptocomply-previous-'));
const server = await startTestServer(); // tells the specs by TEST_SUPERUSER_URL and TEST_TEMPLATE_DATABASE
try {
  checkOutPrevious(folder);
  const specs = process.argv.length > 2 ? process.argv.slice(2) : ['test/http'];
  const jest = path.join(folder, 'node_modules', 'jest', 'bin', 'jest.js');
  const { status } = spawnSync(process.execPath, [jest, ...specs, '--forceExit'], {
    cwd: folder,
    stdio: 'inherit',
  });
  process.exitCode = status ?? 1;
} finally {
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
}
