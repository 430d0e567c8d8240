import { randomInt } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { isUnreachable } from '../../src/common/database-errors.js';
import { type Known, liveOfCalls, liveOfKey, liveOfTokens, makeTenant, type Tenant } from '../soak/load.js';
import { Outages } from './outages.js';
import { Register } from './register.js';
import type { World } from './world.js';

/** Pauses that make some fifteen requests a second of it, in milliseconds. */
const BETWEEN_LIVES = 2_500;
const BETWEEN_READS = 400;
const BETWEEN_WRITES = 800;
const BETWEEN_GHOSTS = 700;

/** What clients do, and for how long they could not. */
export class Load {
  readonly known: Known = { keys: [], calls: { sent: 0, answered: 0 } };
  private readonly reads: readonly Outages[];
  private readonly writes: readonly Outages[];
  private going = true;
  private running: Promise<unknown> = Promise.resolve();

  constructor(private readonly world: World) {
    this.reads = world.services.map(() => new Outages());
    this.writes = world.services.map(() => new Outages());
  }

  async start(): Promise<void> {
    const { world, known } = this;
    const user = await world.direct.make.user({ staff: true });
    const staff = { key: (await world.direct.make.accessKey(user, { admin: true })).key };
    const tenants: Tenant[] = [];
    for (let n = 0; n < 3; n += 1) tenants.push(await makeTenant(world, staff));
    const [first, ...others] = tenants;
    if (!first) return;
    this.running = Promise.all([
      this.again(BETWEEN_LIVES, () => liveOfKey(world, first, known)),
      this.again(BETWEEN_LIVES, () => liveOfTokens(world, first)),
      this.again(BETWEEN_LIVES, () => liveOfCalls(world, first, known)),
      this.again(BETWEEN_GHOSTS, () => this.useDeadKey()),
      ...others.flatMap((tenant, n) => this.watch(tenant, n)),
    ]);
  }

  async stop(): Promise<void> {
    this.going = false;
    await this.running;
  }

  /** For how many seconds, at the most, the client of one instance had no good answer, since a moment. */
  outage(since: number): { reads: number; writes: number } {
    const longest = (all: readonly Outages[]): number =>
      Math.max(...all.map((outages) => outages.longest(since)));
    return { reads: longest(this.reads), writes: longest(this.writes) };
  }

  /** One organization's name, written through one instance and read through both. */
  private watch({ org, owner }: Tenant, n: number): Promise<void>[] {
    const { world } = this;
    const register = new Register(`organization ${org.id}`, (text) => world.record.violation(text));
    const write = async (): Promise<void> => {
      const done = await register.write(async (number) => {
        const body = { name: `Probe ${number} of ${n}` };
        const answer = await world.send(n, owner, (api) => api.patch(`/api/orgs/${org.id}/`, body));
        return answer.status === 200;
      });
      if (done) this.writes[n]?.worked();
    };
    const read = (through: number) => async (): Promise<void> => {
      const done = await register.read(async () => {
        const answer = await world.send(through, owner, (api) => api.get('/api/orgs/'));
        if (answer.status === 401 || answer.status === 403)
          world.record.violation(`a good key was answered ${answer.status}`);
        if (answer.status !== 200) return undefined;
        return Number(/^Probe (\d+)/.exec(String(answer.body[0]?.name))?.[1] ?? 0);
      });
      if (done) this.reads[through]?.worked();
    };
    return [
      this.again(BETWEEN_WRITES, write),
      this.again(BETWEEN_READS, read(0)),
      this.again(BETWEEN_READS, read(1)),
    ];
  }

  /** A key whose revocation was acknowledged opens nothing, ever. */
  private async useDeadKey(): Promise<void> {
    const dead = this.known.keys.filter(({ state }) => state === 'revoked');
    const one = dead[randomInt(Math.max(dead.length, 1))];
    if (!one) return;
    const { status } = await this.world.send(randomInt(2), one, (api) => api.get('/api/orgs/'));
    if (![401, 503].includes(status)) this.world.record.violation(`a revoked key was answered ${status}`);
  }

  private async again(pause: number, act: () => Promise<unknown>): Promise<void> {
    while (this.going) {
      await act().catch((error: unknown) => {
        if (!isUnreachable(error)) this.world.record.violation(String(error));
      });
      await delay(pause);
    }
  }
}
