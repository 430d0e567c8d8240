import cluster, { type Worker } from 'node:cluster';
import { answerMetricsOfAll } from '../metrics/metrics-of-all.js';
import type { LogMore, LogSwitch } from './log-level.js';
import { STOP } from './stop-on-signal.js';
import { logToStderr } from './stderr.js';

/** The processes of the service that a supervisor keeps. */
export interface Workers {
  /** Has each finish in order; resolves when all have ended. */
  stop(): Promise<void>;
}

/**
 * Keeps `count` processes of the service on one port; this one accepts connections for them and answers nothing itself.
 * Each is a whole instance, and all that they share is the database, just as on several machines (docs/adr/0027). One that
 * ends is replaced. `onBroken` is called when one ends before it ever listened: another would do no better. All of them log as
 * `logSwitch` says, also one that comes later.
 */
export function superviseWorkers(count: number, logSwitch: LogSwitch, onBroken: () => void): Workers {
  let stopping = false;
  const working = new Set<Worker>();
  const tellLog = (worker: Worker): void => {
    const message: LogMore = { logMore: logSwitch.isOn };
    if (worker.isConnected()) worker.send(message, () => undefined); // one that is just ending needs no word
  };
  cluster.on('listening', (worker) => {
    working.add(worker);
    tellLog(worker);
  });
  cluster.on('exit', (worker, code, signal: string | null) => {
    if (stopping) return;
    const listened = working.delete(worker);
    logToStderr(
      'error',
      `Process ${worker.process.pid ?? worker.id} of the service ended (${signal ?? code}).`,
    );
    if (listened) cluster.fork();
    else onBroken();
  });
  answerMetricsOfAll();
  logSwitch.onTurn(() => working.forEach(tellLog));
  for (let n = 0; n < count; n += 1) cluster.fork();
  return {
    stop: async () => {
      stopping = true;
      await Promise.all(Object.values(cluster.workers ?? {}).map(stopWorker));
    },
  };
}

/** Whether this process is the only one of its service, or the first of several: what is done once is done there. */
export function isFirstProcess(): boolean {
  return cluster.isPrimary || cluster.worker?.id === 1;
}

function stopWorker(worker: Worker | undefined): Promise<void> {
  return new Promise((resolve) => {
    if (!worker || worker.isDead()) return resolve();
    worker.once('exit', () => resolve());
    if (worker.isConnected()) worker.send(STOP);
  });
}
