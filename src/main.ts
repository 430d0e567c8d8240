import { createApp } from './app.js';
import { InvalidEnvironment, readEnv } from './config/env.js';
import { openDatabase, type OpenDatabase } from './database/open-database.js';
import { setUpDemo } from './demo.js';
import { WrongKeyRing } from './provider-keys/key-ring-check.js';
import { stopOnSignal } from './stop-on-signal.js';

let database: OpenDatabase | undefined;
try {
  database = await openDatabase(readEnv());
  const { env } = database;
  const app = await createApp(env);
  stopOnSignal(app, database);
  await app.listen(env.PORT, env.HOST);
  if (env.embedded) await setUpDemo(app, env);
} catch (error) {
  const told = error instanceof InvalidEnvironment || error instanceof WrongKeyRing;
  console.error(told ? error.message : error);
  await database?.close();
  process.exit(1);
}
