import { Injectable } from '@nestjs/common';
import { Gauge } from 'prom-client';
import { DataSource } from 'typeorm';
import { RecurringJob } from '../../common/background/recurring-job.js';
import { MetricRegistry } from '../../common/metric-registry.js';
import { endOf, statusOf } from '../key-status.js';

/** Ids that one statement goes through: a second's work at most. */
const IDS = 1_000_000;
/** The statuses of keys that are not dead for good. */
const LIVE = ['active', 'superseded', 'suspended', 'blocked'] as const;
const COUNTED = [...LIVE, 'expiring'] as const;

type Counts = Record<(typeof COUNTED)[number], number>;

/**
 * Whether it is due, and nobody else's: if this process doesn't come to the end of it, another one tries again. A time that
 * lies further ahead than any that is set here was set by a clock that ran ahead.
 */
const CLAIM = `
  UPDATE access_key_counts SET due_at = app_now() + interval '10 minutes'
  WHERE due_at <= app_now() OR due_at > app_now() + interval '1 hour'`;

const COUNT = `
  SELECT ${LIVE.map((status) => `count(*) FILTER (WHERE status = '${status}')::float8 AS ${status}`).join(', ')},
    count(*) FILTER (WHERE status = 'active' AND ends_at < app_now() + interval '14 days')::float8 AS expiring
  FROM (SELECT ${statusOf('k')} AS status, ${endOf('k')} AS ends_at FROM access_keys k
    WHERE k.id > $1 AND k.id <= $1 + ${IDS} AND k.revoked_at IS NULL) AS keys`;

const KEEP = `
  UPDATE access_key_counts
  SET counted_at = app_now(), due_at = app_now() + interval '1 hour',
    ${COUNTED.map((name, index) => `${name} = $${index + 1}`).join(', ')}`;

const KEPT = `
  SELECT ${COUNTED.map((name) => `${name}::float8 AS ${name}`).join(', ')} FROM access_key_counts
  WHERE counted_at IS NOT NULL`;

/**
 * How many live keys there are. To count them takes as long as there are keys, so one of all processes does it once an hour
 * and keeps what it counted; whoever looks is told that.
 */
@Injectable()
export class KeyCounts extends RecurringJob {
  protected readonly everyMs = 10 * 60_000;

  constructor(
    private readonly dataSource: DataSource,
    registry: MetricRegistry,
  ) {
    super();
    const kept = () => this.kept();
    new Gauge({
      name: 'access_keys',
      help: 'Access keys that are not dead for good, by status, as counted within the last hour or so.',
      labelNames: ['status'] as const,
      aggregator: 'max',
      registers: [registry],
      async collect() {
        const counts = await kept().catch(() => undefined);
        this.reset();
        if (counts) for (const status of LIVE) this.set({ status }, counts[status]);
      },
    });
    registry.asked(
      { access_keys_expiring: 'Active access keys that end within 14 days, counted with the others.' },
      async () => ({ access_keys_expiring: (await kept())?.expiring }),
    );
  }

  /** Counts, unless that was done within the hour; gives the number of live keys. */
  async run(signal?: AbortSignal): Promise<number> {
    const [, claimed] = await this.dataSource.query<[unknown, number]>(CLAIM);
    if (claimed === 0) return 0;
    const [top] = await this.dataSource.query<{ id: number | null }[]>(
      'SELECT max(id) AS id FROM access_keys',
    );
    const counts: Counts = { active: 0, superseded: 0, suspended: 0, blocked: 0, expiring: 0 };
    for (let from = 0; from < (top?.id ?? 0); from += IDS) {
      signal?.throwIfAborted();
      const [found] = await this.dataSource.query<Counts[]>(COUNT, [from]);
      for (const name of COUNTED) counts[name] += found?.[name] ?? 0;
    }
    await this.dataSource.query(
      KEEP,
      COUNTED.map((name) => counts[name]),
    );
    return LIVE.reduce((sum, status) => sum + counts[status], 0);
  }

  /** What was counted last; `undefined`: nobody did yet. */
  private async kept(): Promise<Counts | undefined> {
    const [row] = await this.dataSource.query<Counts[]>(KEPT);
    return row;
  }
}
