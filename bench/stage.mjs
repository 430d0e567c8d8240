import { Gateway } from './gateway.mjs';
import { Server } from './processes.mjs';
import { sample } from './requests.mjs';
import { Rounds, takeRounds } from './rounds.mjs';
import { CALLERS, seed, seedFamilies } from './seed.mjs';
import { startService } from './service.mjs';

/** What the scenarios work with: the database, our service on it, and the servers that a scenario starts for itself. */
export class Stage {
  #started = [];
  #peers = 0;

  /** `effort`: rounds, seconds that one measurement takes, and processes for what a target is told of. */
  constructor(postgres, generator, effort) {
    this.postgres = postgres;
    this.generator = generator;
    this.effort = effort;
  }

  async setUp() {
    /** 10,000 users with a key and a token family each: whoever logs in later is given a family behind these. */
    this.database = await this.postgres.createMigrated('bench');
    await seed(this.database, CALLERS);
    await seedFamilies(this.database, CALLERS);
    /** Our service, one process. */
    this.service = await startService(this.database);
    /** The numbers of the keys, in random order. */
    this.keys = sample(CALLERS, CALLERS);
  }

  /** Another process, or several, of our service, until the scenario ends. */
  async startService(database, env, options) {
    return this.#keep(await startService(database, env, options));
  }

  /** A peer on a database of its own, until the scenario ends. */
  async startPeer(file, { seed: fill, behind, ...env } = {}) {
    if (!fill) return this.#keep(await Server.start(file, env, { behind }));
    const database = await this.postgres.createEmpty(`peer_${(this.#peers += 1)}`);
    await fill(database);
    return this.#keep(await Server.start(file, { ...env, DATABASE_URL: database.url }));
  }

  /** A real nginx on nothing but what it is told of, until the scenario ends. */
  async startGateway(options) {
    return this.#keep(await Gateway.start(options));
  }

  /** Measures contenders in turn. */
  take(contenders, more = {}) {
    return takeRounds(this.generator, contenders, { ...this.effort, ...more });
  }

  /**
   * Measures contenders in turn, the same number of rounds in each of several new processes of our service: two of one
   * build differ by up to 14 % in what a request costs, for V8 compiles by what it happened to see first. `contendersOf(n)`
   * gives the contenders of the n-th, counted from 0; the servers that it starts end with its rounds.
   */
  async takeInProcesses(contendersOf, more) {
    const taken = [];
    const kept = this.#started.length;
    for (let n = 0; n < this.effort.processes; n += 1) {
      taken.push(await this.take(await contendersOf(n), { ...more, before: n * this.effort.rounds }));
      await this.clear(kept);
    }
    return Rounds.of(taken);
  }

  /** Ends what a scenario started, but for the first `kept`. */
  async clear(kept = 0) {
    await Promise.all(this.#started.splice(kept).map((server) => server.stop()));
  }

  async tearDown() {
    await this.clear();
    await this.service?.stop();
  }

  #keep(server) {
    this.#started.push(server);
    return server;
  }
}
