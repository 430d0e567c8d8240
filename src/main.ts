import { createApp } from './app.js';
import { InvalidEnvironment, readEnv } from './config/env.js';
import { openDatabase } from './database/open-database.js';
import { setUpDemo } from './demo.js';
import { stopOnSignal } from './stop-on-signal.js';

try {
  const database = await openDatabase(readEnv());
  const { env } = database;
  const app = await createApp(env);
  stopOnSignal(app, database);
  await app.listen(env.PORT, env.HOST);
  if (env.embedded) await setUpDemo(app, env);
} catch (error) {
  console.error(error instanceof InvalidEnvironment ? error.message : error);
  process.exit(1);
}
