import os from 'node:os';
import { ANSWER_TEXT } from './servers/answer.mjs';
import { CORES } from './machine.mjs';
import { forkOn } from './processes.mjs';

const WARM_UP_SECONDS = 0.5;

/**
 * The load generators: processes that are kept over the whole run, so that their own warming up is over before anything
 * counts. Beside a pinned server PostgreSQL uses the generator's core. In service the callers' machines don't take the
 * database's time, so there the generator gives way: else the server is idle for a sixth of the time, waiting for answers
 * that are ready but for the generator. A server on all cores is loaded at our own priority, for the generator would
 * give way to the server as well, and its delays would be measured for those of the server.
 */
export class Generator {
  #postgres;
  #besidePinned = new LoadProcess({ givesWay: true });
  #besideFree = new LoadProcess();

  /** `postgres`: what all servers under measurement use, if they use one. */
  constructor(postgres) {
    this.#postgres = postgres;
  }

  /**
   * Loads `server` for `seconds` after half a second that doesn't count. Gives requests per second, latency, and what one
   * request cost: CPU time in microseconds of the server (`service`), of PostgreSQL, of a gateway in front of it, and
   * of all of them (`both`), and statements. `accept`: statuses that are as they should be; `answer`: the body of a 200. `amount`: requests that are sent instead of as
   * many as can be in `seconds`, after a tenth of them, which warms up.
   */
  async measure(server, options) {
    const {
      connections,
      seconds,
      requests,
      accept = ['200'],
      answer = ANSWER_TEXT,
      beside,
      amount,
    } = options;
    const expectBody = accept.includes('200') ? answer : undefined;
    const load = { url: server.url, connections, requests, expectBody };
    const generator = server.pinned ? this.#besidePinned : this.#besideFree;
    await generator.ask('fire', {
      ...load,
      seconds: WARM_UP_SECONDS,
      amount: amount && Math.max(connections, amount / 10),
    });
    // Of what the warm-up left behind: a server that hashes works on for seconds. Beside something else it never rests.
    if (!beside) await server.rest();
    const before = await this.#costOf(server);
    const result = await generator.ask('fire', { ...load, seconds, amount });
    const after = await this.#costOf(server);
    await server.rest();
    const wrong = Object.keys(result.statuses).filter((status) => !accept.includes(status));
    if (wrong.length > 0 || result.faults > 0) {
      throw new Error(`${server.url} answered ${JSON.stringify(result.statuses)}, faults: ${result.faults}`);
    }
    return {
      perSecond: result.perSecond,
      ...result.milliseconds,
      ...Object.fromEntries(
        Object.keys(after).map((name) => [name, (after[name] - before[name]) / result.answered]),
      ),
    };
  }

  async #costOf(server) {
    const { cpuMicroseconds: service, statements, gateway = 0 } = await server.ask('cost');
    const postgres = await this.#postgres.cpuMicroseconds();
    return { service, postgres, gateway, both: service + postgres + gateway, statements };
  }

  /** Sends `amount` requests over `connections`, `rate` a second; gives how many were answered in a second. */
  async fireAt(rate, server, { connections, amount, requests }) {
    const load = { url: server.url, connections, amount, requests, rate };
    const { perSecond, faults, statuses } = await this.#besideFree.ask('fire', load);
    if (faults > 0 || statuses['200'] !== amount) {
      throw new Error(`${server.url} answered ${JSON.stringify(statuses)}, faults: ${faults}`);
    }
    return perSecond;
  }

  /** Posts JSON at a steady rate beside whatever else goes on. Gives the statuses' counts. */
  post(options) {
    return this.#besideFree.ask('post', options);
  }

  stop() {
    this.#besidePinned.stop();
    this.#besideFree.stop();
  }
}

/** One load.mjs. */
class LoadProcess {
  #child = forkOn(CORES.load, 'load.mjs');
  #waiting = new Map();
  #sent = 0;

  constructor({ givesWay = false } = {}) {
    if (givesWay) os.setPriority(this.#child.pid, os.constants.priority.PRIORITY_LOW);
    this.#child.on('message', ({ id, result, error }) => {
      const { resolve, reject } = this.#waiting.get(id);
      this.#waiting.delete(id);
      if (error) reject(new Error(error));
      else resolve(result);
    });
  }

  ask(work, options) {
    const id = (this.#sent += 1);
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#child.send({ id, work, options });
    });
  }

  stop() {
    this.#child.disconnect();
  }
}
