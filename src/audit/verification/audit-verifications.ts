import { Injectable, Logger } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { RecurringJob } from '../../common/background/recurring-job.js';
import type { OnProgress } from '../../common/on-progress.js';
import { AuditVerifier, type Evidence, VERIFYING_LOCK, type Verdict } from './audit-verifier.js';

/** `never`: nobody verified it yet. `running`: somebody does right now. */
export const AUDIT_STATES = ['never', 'running', 'ok', 'broken'] as const;

/** What is known of the state of the audit log. */
export interface AuditState {
  readonly state: (typeof AUDIT_STATES)[number];
  /** Of the last verification that ended; `null`: none did. */
  readonly finishedAt: Date | null;
  /** How many sealed events it checked. */
  readonly events: number | null;
  /** How many findings it had, without those that are `missing`: whoever gives an archive needn't give all. */
  readonly breaks: number | null;
}

/** A verification holds its lock until it ends, however it ends: a killed one doesn't run. */
const STATE = `
  SELECT CASE
      WHEN EXISTS (
        SELECT FROM pg_locks
        WHERE locktype = 'advisory' AND classid = 0 AND objid = ${VERIFYING_LOCK} AND objsubid = 1 AND granted
          AND database = (SELECT oid FROM pg_database WHERE datname = current_database())) THEN 'running'
      WHEN v.id IS NULL THEN 'never'
      WHEN v.breaks = 0 THEN 'ok'
      ELSE 'broken'
    END AS state,
    v.finished_at AS "finishedAt", v.events::float8 AS events, v.breaks
  FROM (SELECT) AS one LEFT JOIN (SELECT * FROM audit_verifications ORDER BY id DESC LIMIT 1) AS v ON true`;

const KEEP = 'INSERT INTO audit_verifications (events, breaks) VALUES ($1, $2)';

/** One that finished after now was timed by a clock that ran ahead, and is no reason to wait until then. */
const IS_DUE = `
  SELECT NOT EXISTS (
    SELECT FROM audit_verifications WHERE finished_at > app_now() - interval '1 day' AND finished_at <= app_now()
  ) AS due`;

/** Verifies the audit log, once a day by one of all instances and whenever the operator asks, and keeps what it found. */
@Injectable()
export class AuditVerifications extends RecurringJob {
  protected readonly everyMs = 10 * 60_000;
  private readonly log = new Logger(AuditVerifications.name);

  constructor(
    private readonly dataSource: DataSource,
    private readonly verifier: AuditVerifier,
  ) {
    super();
  }

  /** What the last verification found, and whether one is under way. */
  async state(): Promise<AuditState> {
    const [row] = await this.dataSource.query<AuditState[]>(STATE);
    if (!row) throw new Error('One row of nothing is always there.');
    return row;
  }

  /** Verifies now (AuditVerifier), and keeps what was found. A verdict that can't be kept is a verdict all the same. */
  async verify(evidence?: Evidence, onProgress?: OnProgress, signal?: AbortSignal): Promise<Verdict> {
    const verdict = await this.verifier.verify(evidence, onProgress, signal);
    try {
      await this.dataSource.query(KEEP, [verdict.checked, verdict.breaks - verdict.missing]);
    } catch (error) {
      this.log.error({ msg: 'What a verification found could not be kept.', cause: String(error) });
    }
    return verdict;
  }

  /** Verifies, unless that was done within a day or is being done; gives the number of events checked. */
  async run(signal?: AbortSignal): Promise<number> {
    const [row] = await this.dataSource.query<{ due: boolean }[]>(IS_DUE);
    if (!row?.due || (await this.state()).state === 'running') return 0;
    const { ok, checked, breaks, broken } = await this.verify(undefined, undefined, signal);
    if (!ok) {
      this.log.error({ msg: 'The audit log is broken.', breaks, first: broken.slice(0, 10) });
    }
    return checked;
  }
}
