import cluster from 'node:cluster';
import type { FastifyBaseLogger } from 'fastify';
import type { Env } from '../config/env.js';

/** What the supervisor of several processes sends to each of them (process/cluster.ts): it alone decides, so that none differs. */
export interface LogMore {
  readonly logMore: boolean;
}

/** Whether the service logs more than LOG_LEVEL has it log: each SIGUSR2 switches that on or off again. */
export class LogSwitch {
  private on = false;
  private follow: (on: boolean) => void = () => undefined;

  /** To be made first of all: without a listener the signal would end a process that only starts yet. */
  constructor() {
    process.on('SIGUSR2', () => {
      if (cluster.isPrimary) this.turn(!this.on); // what a process group gets reaches a worker too: it waits for its supervisor's word
    });
  }

  /** Whether it is on. */
  get isOn(): boolean {
    return this.on;
  }

  /** Calls `follow` whenever it is switched from now on, and at once if it is on already. */
  onTurn(follow: (on: boolean) => void): void {
    this.follow = follow;
    if (this.on) follow(true);
  }

  /** Has `log` follow: on, it shows `debug` (from `debug` on `trace`), off, LOG_LEVEL. In a worker, as its supervisor says. */
  lead(log: FastifyBaseLogger, { LOG_LEVEL: set }: Env): void {
    const more = set === 'debug' || set === 'trace' ? 'trace' : 'debug';
    this.onTurn((on) => {
      if (on) log.level = more;
      log.info({ msg: `The log level is now ${on ? more : set}.` }); // told while the level shows it
      if (!on) log.level = set;
    });
    if (cluster.isWorker)
      process.on('message', (message) => isLogMore(message) && this.turn(message.logMore));
  }

  private turn(on: boolean): void {
    if (on === this.on) return;
    this.on = on;
    this.follow(on);
  }
}

function isLogMore(message: unknown): message is LogMore {
  return typeof message === 'object' && message !== null && 'logMore' in message;
}
