import cluster from 'node:cluster';
import { createApp } from '../app.js';
import { isFirstProcess, superviseWorkers } from './cluster.js';
import { type Env, readEnv } from '../config/env.js';
import { publicOrigin } from '../config/public-origin.js';
import { openDatabase, type OpenDatabase } from '../database/open-database.js';
import { setUpDemo } from './demo.js';
import { obstacleOf } from './failures.js';
import { handleLastResort } from './last-resort.js';
import { stopOnSignal } from './stop-on-signal.js';

/**
 * Runs the service until it is told to stop: as this process, or, with WEB_CONCURRENCY above 1, as several that this one
 * supervises. What keeps it from starting is told on standard error, and the exit status is 1.
 */
export async function runService(): Promise<void> {
  let database: OpenDatabase<Env> | undefined;
  try {
    database = await openDatabase(readEnv());
    if (cluster.isPrimary && database.env.WEB_CONCURRENCY > 1) supervise(database);
    else await serve(database);
  } catch (error) {
    console.error(obstacleOf(error)?.message ?? error);
    await database?.close();
    process.exit(1);
  }
}

async function serve({ env, close }: OpenDatabase<Env>): Promise<void> {
  const creating = createApp(env);
  const end = () => creating.then((app) => app.close()).finally(close);
  stopOnSignal(end); // from now on, not only once it stands
  handleLastResort(end);
  const app = await creating;
  await app.listen(env.PORT, env.HOST);
  if (!env.embedded || !isFirstProcess()) return;
  await setUpDemo(app, env);
  console.log(`The console, in a browser: ${publicOrigin(env)}`);
}

function supervise({ env, close }: OpenDatabase<Env>): void {
  const end = () => workers.stop().finally(close);
  const workers = superviseWorkers(env.WEB_CONCURRENCY, () => void end().finally(() => process.exit(1)));
  stopOnSignal(end);
}
