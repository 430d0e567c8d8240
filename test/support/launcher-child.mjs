// Run by launcher.ts as a process of its own: has an embedded PostgreSQL until its standard input ends, and tells one JSON line.
import { requireTypeScript } from './typescript-hook.mjs';

const require = requireTypeScript(import.meta.url);
const { startEmbeddedPostgres } = require('../../src/database/embedded/embedded-postgres.ts');
try {
  const { stop, ...server } = await startEmbeddedPostgres(JSON.parse(process.argv[2]));
  process.on('SIGINT', () => console.log('interrupted')); // before it tells that it is there to be interrupted
  console.log(JSON.stringify({ server }));
  process.stdin.resume().on('end', () => void stop());
} catch (error) {
  console.log(JSON.stringify({ error: error.message }));
}
