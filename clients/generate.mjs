// `npm run clients`: what of the clients comes from the service's documents, docs/api/openapi.json and docs/errors.md. With
// --check it writes nothing, and fails where a file is not what it would write.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { errorsOf } from './error-catalogue.mjs';
import { pythonFiles } from './python/generated.mjs';
import { typescriptFiles } from './typescript/generated.mjs';

const root = path.join(import.meta.dirname, '..');
const read = (...names) => readFileSync(path.join(root, ...names), 'utf8');

const text = read('docs', 'api', 'openapi.json');
// Without its examples, which make no types.
const document = JSON.parse(text, (name, value) => (name === 'example' ? undefined : value));
const errors = errorsOf(read('docs', 'errors.md'));

const files = { ...(await typescriptFiles(document, errors)), ...pythonFiles(document, errors) };
for (const [name, content] of Object.entries(files)) {
  const file = path.join(import.meta.dirname, name);
  const is = existsSync(file) ? readFileSync(file, 'utf8') : '';
  if (is === content) continue;
  if (process.argv.includes('--check')) {
    console.error(`clients/${name} is not what the service's documents say: npm run clients`);
    process.exitCode = 1;
  } else {
    writeFileSync(file, content);
  }
}
