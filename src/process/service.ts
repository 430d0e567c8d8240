import cluster from 'node:cluster';
import { createApp } from '../app.js';
import { isFirstProcess, superviseWorkers } from './cluster.js';
import { type Env, readEnv } from '../config/env.js';
import { publicOrigin } from '../config/public-origin.js';
import { openDatabase, type OpenDatabase } from '../database/open-database.js';
import { setUpDemo } from './demo.js';
import { drain } from './drain.js';
import { obstacleOf, UnusableAddress } from './failures.js';
import { handleLastResort } from './last-resort.js';
import { LogSwitch } from './log-level.js';
import { stopOnSignal } from './stop-on-signal.js';
import { logToStderr } from './stderr.js';
import { terminalLog } from './terminal-log.js';
import type { Tracing } from '../tracing/tracing.js';

/** What requests in flight and buffers get to finish, once no new connections are taken. */
const PATIENCE_SECONDS = 8;

/**
 * Runs the service until it is told to stop: as this process, or, with WEB_CONCURRENCY above 1, as several that this one
 * supervises. What keeps it from starting is told in a sentence on standard error, and the exit status is 1.
 */
export async function runService(tracing?: Tracing): Promise<void> {
  const logSwitch = new LogSwitch();
  let database: OpenDatabase<Env> | undefined;
  try {
    database = await openDatabase(readEnv());
    if (cluster.isPrimary && database.env.WEB_CONCURRENCY > 1) supervise(database, logSwitch);
    else await serve(database, logSwitch, tracing);
  } catch (error) {
    const unexpected = error instanceof Error ? (error.stack ?? error.message) : String(error);
    logToStderr('fatal', obstacleOf(error)?.message ?? unexpected);
    await database?.close();
    process.exit(1);
  }
}

async function serve(
  { env, close }: OpenDatabase<Env>,
  logSwitch: LogSwitch,
  tracing?: Tracing,
): Promise<void> {
  const logTo = await terminalLog();
  const creating = createApp(env, {
    ...(logTo && { logTo }),
    ...(tracing && { onRequest: tracing.nameSpan }),
  });
  const end = () =>
    creating
      .then((app) => app.close())
      .finally(() => tracing?.close())
      .finally(close);
  const drainAndEnd = () => creating.then((app) => drain(app, env.DRAIN_SECONDS)).finally(end);
  stopOnSignal(drainAndEnd, { seconds: env.DRAIN_SECONDS + PATIENCE_SECONDS }); // from now on, not only once it stands
  handleLastResort(end);
  const app = await creating;
  logSwitch.lead(app.getHttpAdapter().getInstance().log, env);
  await app.init();
  const demo = env.embedded && isFirstProcess() ? await setUpDemo(app, env) : undefined;
  await app.listen(env.PORT, env.HOST).catch((error: unknown) => {
    throw new UnusableAddress(env.HOST, error);
  });
  if (demo !== undefined) console.log(demo); // last: what follows it is what people do
  if (env.embedded && isFirstProcess()) console.log(`The console, in a browser: ${publicOrigin(env)}`);
}

function supervise({ env, close }: OpenDatabase<Env>, logSwitch: LogSwitch): void {
  const end = () => workers.stop().finally(close);
  const workers = superviseWorkers(
    env.WEB_CONCURRENCY,
    logSwitch,
    () => void end().finally(() => process.exit(1)),
  );
  stopOnSignal(end, { seconds: env.DRAIN_SECONDS + PATIENCE_SECONDS + 1 });
}
