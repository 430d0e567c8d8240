import cluster from 'node:cluster';
import { createApp } from '../app.js';
import { isFirstProcess, superviseWorkers } from './cluster.js';
import { InvalidEnvironment, readEnv } from '../config/env.js';
import { ReadOnlyServer } from '../database/session.js';
import { UnusableDatabase } from '../database/session-check.js';
import { openDatabase, type OpenDatabase } from '../database/open-database.js';
import { setUpDemo } from './demo.js';
import { handleLastResort } from './last-resort.js';
import { WrongKeyRing } from '../provider-keys/key-ring-check.js';
import { stopOnSignal } from './stop-on-signal.js';

/**
 * Runs the service until it is told to stop: as this process, or, with WEB_CONCURRENCY above 1, as several that this one
 * supervises. What keeps it from starting is told on standard error, and the exit status is 1.
 */
export async function runService(): Promise<void> {
  let database: OpenDatabase | undefined;
  try {
    database = await openDatabase(readEnv());
    if (cluster.isPrimary && database.env.WEB_CONCURRENCY > 1) supervise(database);
    else await serve(database);
  } catch (error) {
    const told = [InvalidEnvironment, WrongKeyRing, UnusableDatabase, ReadOnlyServer].some(
      (kind) => error instanceof kind,
    );
    console.error(told ? (error as Error).message : error);
    await database?.close();
    process.exit(1);
  }
}

async function serve({ env, close }: OpenDatabase): Promise<void> {
  const creating = createApp(env);
  const end = () => creating.then((app) => app.close()).finally(close);
  stopOnSignal(end); // from now on, not only once it stands
  handleLastResort(end);
  const app = await creating;
  await app.listen(env.PORT, env.HOST);
  if (env.embedded && isFirstProcess()) await setUpDemo(app, env);
}

function supervise({ env, close }: OpenDatabase): void {
  const end = () => workers.stop().finally(close);
  const workers = superviseWorkers(env.WEB_CONCURRENCY, () => void end().finally(() => process.exit(1)));
  stopOnSignal(end);
}
