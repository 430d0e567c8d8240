import { once } from 'node:events';
import { createRequire } from 'node:module';
import { Worker } from 'node:worker_threads';

/** Beside a thread that answers requests, on the same core, this one gets a tenth of the time. Idle cores it has for itself. */
const NICENESS = 10;
/** Milliseconds without work after which the thread ends; the next hash starts another. */
const PATIENCE = 10_000;

/** What runs in the thread. As text, so that it needs no file of its own, built or not. */
const PROGRAM = `
  const { parentPort, workerData } = require('node:worker_threads');
  // On Linux the priority is the calling thread's; elsewhere it would be the whole process'.
  if (process.platform === 'linux') require('node:os').setPriority(workerData.niceness);
  const bcrypt = require(workerData.bcrypt);
  parentPort.on('message', ({ work, values }) => parentPort.postMessage(bcrypt[work](...values)));
`;

/**
 * Computes password hashes, one after another, in a thread of low priority: neither the event loop nor libuv's four
 * threads, which file and name lookups need, ever wait for one.
 */
export class HashingThread {
  private worker: Worker | undefined;
  private idle: NodeJS.Timeout | undefined;

  hash(text: string, cost: number): Promise<string> {
    return this.run('hashSync', text, cost) as Promise<string>;
  }

  compare(text: string, hash: string): Promise<boolean> {
    return this.run('compareSync', text, hash) as Promise<boolean>;
  }

  /** Must be called again only after the last call has ended. */
  private async run(work: string, ...values: unknown[]): Promise<unknown> {
    clearTimeout(this.idle);
    const worker = (this.worker ??= this.start());
    worker.ref();
    try {
      worker.postMessage({ work, values });
      const [result] = (await once(worker, 'message')) as [unknown];
      return result;
    } finally {
      worker.unref();
      this.idle = setTimeout(() => this.end(), PATIENCE).unref();
    }
  }

  private start(): Worker {
    const bcrypt = createRequire(import.meta.url).resolve('bcrypt');
    const worker = new Worker(PROGRAM, { eval: true, workerData: { bcrypt, niceness: NICENESS } });
    return worker.on('error', () => this.end());
  }

  private end(): void {
    void this.worker?.terminate();
    this.worker = undefined;
  }
}
