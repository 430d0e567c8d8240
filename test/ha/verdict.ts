import type { Head } from '../../src/audit/chain/head.js';
import { AuditHeads } from '../../src/audit/chain/audit-heads.js';
import { AuditVerifier } from '../../src/audit/verification/audit-verifier.js';
import { Client } from '../support/client.js';
import { judgeTheEnd } from '../soak/verdict.js';
import { setTimeout as delay } from 'node:timers/promises';
import type { Fault } from './faults.js';
import type { Load } from './load.js';
import type { Record } from '../soak/record.js';
import type { World } from './world.js';

/** What the services get to be ready again once the cluster is whole. */
const READY_WITHIN_SECONDS = 60;

/** How one fault went: a line of the table. */
export interface Line {
  readonly fault: Fault;
  readonly requests: number;
  readonly refused: number;
  readonly outage: { readonly reads: number; readonly writes: number };
  /** Seconds from the mending until all was as before. */
  readonly back: number;
  readonly violations: number;
}

/** Signed heads of the audit log as they were read during the run: each must still be part of its chain in the end. */
export class HeadsSeen {
  private readonly heads = new Map<string, Head>();
  private going = true;
  private running: Promise<void> = Promise.resolve();

  constructor(private readonly world: World) {}

  start(): void {
    this.running = this.collect();
  }

  async stop(): Promise<readonly Head[]> {
    this.going = false;
    await this.running;
    return [...this.heads.values()];
  }

  private async collect(): Promise<void> {
    const source = this.world.direct.app.get(AuditHeads, { strict: false });
    while (this.going) {
      const { heads } = await source.export().catch(() => ({ heads: [] }));
      for (const head of heads) this.heads.set(`${head.chain} ${head.sequence} ${head.hash}`, head);
      await delay(1_000);
    }
  }
}

/** Both instances are ready, by themselves. */
export async function bothReady({ services, record }: World): Promise<void> {
  const start = performance.now();
  for (const { url } of services) {
    while (!(await isReady(url))) {
      if (performance.now() - start > READY_WITHIN_SECONDS * 1_000)
        return record.violation('an instance does not come back');
      await delay(100);
    }
  }
}

const isReady = (url: string): Promise<boolean> =>
  new Client(url).get('/readyz').then(
    ({ status }) => status === 200,
    () => false,
  );

/** Nothing acknowledged is lost, nothing revoked works, no count is missing, and no head of the audit log forked away. */
export async function judge(world: World, load: Load, heads: readonly Head[]): Promise<void> {
  await judgeTheEnd(world, load.known);
  const { broken } = await world.direct.app.get(AuditVerifier, { strict: false }).verify({ heads });
  console.log(`audit: ${heads.length} heads that were seen, ${broken.length} broken`);
  for (const one of broken.slice(0, 5)) world.record.violation(`audit: ${JSON.stringify(one)}`);
}

/** The whole run in a sentence, as docs/testing.md keeps it. */
export function summary(lines: readonly Line[], { requests, lost, decided, violations }: Record): string {
  const told = (count: number): string => count.toLocaleString('en');
  const longest = (of: readonly Line[]): string =>
    Math.max(...of.flatMap(({ outage: { reads, writes } }) => [reads, writes])).toFixed(1);
  const named = (name: string): readonly Line[] => lines.filter(({ fault }) => fault.name === name);
  return (
    `${lines.length} faults, ${told(requests)} requests, of which ${told(lost)} were 503 or lost; ${told(decided)} uses could ` +
    `have had one answer only; without an answer at most ${longest(lines)} s, ${longest(named('leader-killed'))} s when the ` +
    `leader was killed, ${longest(named('switchover'))} s at a switchover: **${violations} violations**`
  );
}

/** The faults one by one, as the command prints them. */
export function table(lines: readonly Line[]): string {
  const seconds = (value: number): string => value.toFixed(1);
  const bound = ({ reads, writes }: Fault['outage']): string =>
    reads === writes ? `${reads}` : `${reads}, ${writes}`;
  const rows = lines.map(({ fault, requests, refused, outage, back, violations }) =>
    [fault.injected, requests, refused, seconds(outage.reads), seconds(outage.writes), bound(fault.outage)]
      .concat(seconds(back), violations)
      .join(' | '),
  );
  const head = ['what is injected', 'requests', '503 or lost', 'without a read, s', 'without a write, s']
    .concat('at most, s', 'whole again after, s', 'violations')
    .join(' | ');
  return [head, head.replaceAll(/[^|]+/g, ' --- ').trim(), ...rows].map((row) => `| ${row} |`).join('\n');
}
