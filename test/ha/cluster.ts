import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { type Machine, makeMachines, type Told } from './machine.js';
import { addressOf, layNetwork, run } from './network.js';

/** What a machine's disk holds, in megabytes. */
const DISK = 2_048;
const WHOLE_WITHIN_SECONDS = 150;

const random = (): string => randomBytes(24).toString('base64url');

/** Three machines with Patroni, PostgreSQL and etcd as deploy/ha sets them up. */
export class Cluster {
  /** A file system of its own on a folder that every machine has: nothing is left behind, whatever becomes of this process. */
  readonly folder = '/media';
  readonly passwords = { superuser: random(), owner: random(), service: random(), patroni: random() };
  readonly machines: readonly Machine[];

  constructor() {
    run('mount', '-t', 'tmpfs', '-o', 'mode=0755', 'ha', this.folder);
    layNetwork(this.folder);
    this.machines = makeMachines(this.folder, {
      PATRONI_RESTAPI_PASSWORD: this.passwords.patroni,
      PATRONI_SUPERUSER_PASSWORD: this.passwords.superuser,
      PATRONI_REPLICATION_PASSWORD: random(),
      PATRONI_REWIND_PASSWORD: random(),
    });
  }

  /** Boots all machines; resolves when there is a leader with two standbys. */
  async start(): Promise<void> {
    for (const machine of this.machines) {
      machine.makeDisk(DISK);
      machine.start();
    }
    await this.whole();
  }

  /** The machine that is the leader by its own word, its synchronous standby, and the other one. */
  async roles(): Promise<Record<'leader' | 'synchronous' | 'other', Machine>> {
    const told = await this.told();
    const pick = (is: (told: Told | undefined) => boolean | undefined): Machine => {
      const found = this.machines.find((_, n) => is(told[n]));
      if (!found) throw new Error(`The cluster is not whole: ${JSON.stringify(told)}`);
      return found;
    };
    return {
      leader: pick((one) => one?.role === 'master'),
      synchronous: pick((one) => one?.sync_standby),
      other: pick((one) => one?.role === 'replica' && !one.sync_standby),
    };
  }

  /** Resolves when one leads and two follow on its timeline; gives the seconds that it took. Throws if it never comes. */
  async whole(): Promise<number> {
    const start = performance.now();
    const seconds = (): number => (performance.now() - start) / 1_000;
    for (;;) {
      const told = await this.told();
      const leaders = told.filter((one) => one?.role === 'master');
      const synchronous = told.filter((one) => one?.sync_standby);
      const running = told.every(
        (one) => one && ['running', 'streaming'].includes(one.state) && one.timeline === told[0]?.timeline,
      );
      if (running && leaders.length === 1 && synchronous.length === 1) return seconds();
      if (seconds() > WHOLE_WITHIN_SECONDS)
        throw new Error(`The cluster does not come back: ${JSON.stringify(told)}`);
      await delay(250);
    }
  }

  /** Hands the lead over to the synchronous standby, as `patronictl switchover` does. */
  async switchOver(): Promise<void> {
    const { leader, synchronous } = await this.roles();
    const credential = Buffer.from(`patroni:${this.passwords.patroni}`).toString('base64');
    const answer = await fetch(`http://${addressOf(leader.name)}:8008/switchover`, {
      method: 'POST',
      headers: { authorization: `Basic ${credential}`, 'content-type': 'application/json' },
      body: JSON.stringify({ leader: leader.name, candidate: synchronous.name }),
    });
    if (!answer.ok) throw new Error(`No switchover: ${await answer.text()}`);
  }

  /** A new password of the service's role, for whoever connects from now on. */
  changePassword(): string {
    return (this.passwords.service = random());
  }

  /** The superuser's address of one machine's own PostgreSQL, past HAProxy. */
  superuserUrl(machine: Machine, database = 'postgres'): string {
    return `postgres://postgres:${this.passwords.superuser}@${addressOf(machine.name)}:5432/${database}`;
  }

  told(): Promise<(Told | undefined)[]> {
    return Promise.all(this.machines.map((machine) => machine.ask()));
  }
}
