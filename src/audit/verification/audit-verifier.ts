import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import type { OnProgress } from '../../common/on-progress.js';
import { ArchiveJudge } from '../archive/archive-judge.js';
import { type ArchivedEvents, readArchived, summaryOf } from '../archive/archived.js';
import type { Head } from '../chain/head.js';
import { HeadKey, type HeadPublicKey } from '../chain/head-key.js';
import { type Finding, Findings } from './findings.js';
import { signedHeads } from './signed-heads.js';
import { VerificationRun } from './verification-run.js';

/** Any number, as long as every verification takes the same: whoever holds it, is at it. */
export const VERIFYING_LOCK = 7_264_002;

/** The state of the audit log. */
export interface Verdict {
  /** Whether nothing is broken. */
  readonly ok: boolean;
  /** How many links were checked. */
  readonly checked: number;
  /** How many events wait to be sealed. */
  readonly pending: number;
  /** What was archived and removed; `null`: nothing. */
  readonly archived: ArchivedEvents | null;
  /** How many findings there are. */
  readonly breaks: number;
  /** How many of them are `missing`, which tells of the archives that were given, and nothing of the log. */
  readonly missing: number;
  /** The first 1,000 findings. */
  readonly broken: readonly Finding[];
}

/** What was kept outside the database: `readHeads` reads it. */
export interface Evidence {
  readonly heads?: readonly Head[];
  /** Keys of heads that were signed before SECRET_KEY was changed. */
  readonly publicKeys?: readonly HeadPublicKey[];
  /** Archives, oldest first, by the names of their files. None: what was archived is taken from its signature alone. */
  readonly archives?: readonly string[];
}

/**
 * Recomputes the audit log's chains from its rows and says what doesn't fit (findings.ts). Without evidence from outside it
 * finds whatever was altered, removed, inserted or reordered; with heads that were exported also a tail that was cut off
 * together with its heads; with archives, whether what was archived is there, whole, and goes on here. Reads one snapshot in
 * pieces, so the size of the log doesn't matter to memory, nor do others wait.
 */
@Injectable()
export class AuditVerifier {
  constructor(
    private readonly dataSource: DataSource,
    private readonly key: HeadKey,
  ) {}

  /**
   * `onProgress` hears how many links were checked, of how many. Errors: those of reading archives, the database's, and the
   * reason of `signal`, with which a verification breaks off.
   */
  async verify(evidence: Evidence = {}, onProgress?: OnProgress, signal?: AbortSignal): Promise<Verdict> {
    const { heads = [], publicKeys = [], archives = [] } = evidence;
    const isSigned = this.key.verifier(publicKeys);
    const findings = new Findings();
    // Before the snapshot: no transaction waits for a disk, or for many signatures.
    const ours = await signedHeads(heads, isSigned, findings);
    const judge = new ArchiveJudge(isSigned, findings);
    if (archives.length > 0) {
      for (const head of ours) judge.know(head);
      for await (const { signed } of readArchived(this.dataSource.manager, isSigned))
        if (signed) judge.know(signed);
      for (const file of archives) await judge.read(file);
    }
    return this.dataSource.transaction('REPEATABLE READ', async (manager) => {
      await manager.query('SET TRANSACTION READ ONLY');
      // Shared: nobody waits for it, it only tells others (audit-verifications.ts).
      await manager.query('SELECT pg_advisory_xact_lock_shared($1)', [VERIFYING_LOCK]);
      const run = new VerificationRun(manager, isSigned, findings, signal);
      const archived = await run.readArchived();
      await run.walkChains(onProgress && (await withTotal(manager, onProgress)));
      await run.findStrayEvents();
      await run.findStrayHeads();
      if (archives.length > 0) judge.mustCover(archived);
      await run.compareSigned([...ours, ...judge.signed]);
      return {
        ok: findings.count === 0,
        checked: run.checked,
        pending: run.pending,
        archived: summaryOf(archived, archives.length > 0),
        breaks: findings.count,
        missing: findings.missing,
        broken: findings.told,
      };
    });
  }
}

/** The same with about how many links there are: to count them takes as long as to verify many. */
async function withTotal(manager: EntityManager, onProgress: OnProgress): Promise<(done: number) => void> {
  const [row] = await manager.query<{ total: number }[]>(
    `SELECT reltuples::float8 AS total FROM pg_class WHERE oid = 'audit_links'::regclass`,
  );
  const total = row?.total ?? -1; // nobody knows before the table was first analyzed
  return (done) => onProgress(done, total < 0 ? undefined : Math.max(done, total));
}
