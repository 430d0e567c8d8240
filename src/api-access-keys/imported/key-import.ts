import { Injectable } from '@nestjs/common';
import { setImmediate } from 'node:timers/promises';
import type { Actor } from '../../access/principal.js';
import type { Act } from '../../acts/act.js';
import { Acts } from '../../acts/acts.js';
import { asStaff } from '../../acts/authority.js';
import { type FieldErrors, InvalidInput } from '../../common/errors.js';
import { fieldProblems, takenFields } from '../../common/field-rules.js';
import { notAnObject } from '../../common/object-fields.js';
import type { OnProgress } from '../../common/on-progress.js';
import { type HeldUser, holdUsersByEmail } from '../../users/user-rows.js';
import { instantOf } from '../access-key-bodies.dto.js';
import { findIssuedVia } from '../access-key-rows.js';
import { parseImportedHash } from './imported-hash.js';
import { KeyImportRow } from './key-import-row.dto.js';
import { type ImportOrder, KeyIssuing } from '../life/issuing.js';
import { type Imported, VIA_IMPORT } from '../life/minting.js';

/** A line that was not taken, and why, by field. */
export interface RefusedRow {
  /** From 1. */
  readonly line: number;
  readonly prefix: string | null;
  readonly errors: FieldErrors;
}

export interface ImportReport {
  readonly imported: number;
  /** Keys that an earlier run had imported: repeating an import is harmless. */
  readonly already_imported: number;
  readonly refused: RefusedRow[];
}

/**
 * Lines that one act takes: more gain nothing, and hold the users and organizations that they name for longer. It takes fewer
 * where a line names a prefix again.
 */
const BATCH = 500;

interface Line {
  readonly line: number;
  readonly row: unknown;
}

interface RefusedLine {
  readonly at: Line;
  readonly error: InvalidInput;
}

/** Lines of a batch, judged by themselves. */
interface JudgedLines {
  readonly valid: readonly { readonly at: Line; readonly row: KeyImportRow }[];
  readonly refused: readonly RefusedLine[];
}

/** What one act took. */
interface Taken {
  readonly imported: number;
  readonly known: number;
  readonly refused: readonly RefusedLine[];
}

/** Ends an act that is to leave nothing behind. */
class InVain extends Error {}

/** Takes over the keys that another system issued, without ever seeing one: it knows only their hashes. */
@Injectable()
export class KeyImport {
  constructor(
    private readonly acts: Acts,
    private readonly issuing: KeyIssuing,
  ) {}

  /**
   * Imports what can be imported of NDJSON lines, some hundreds in a transaction, each key with an audit event of its own,
   * and tells of every line that can't. `onProgress` hears after each transaction how many lines were read. An import that
   * ends half-way is repeated whole: what is here is left as it is. Errors: Conflict `issuing_stopped`.
   */
  async importLines(
    by: Actor,
    lines: AsyncIterable<string> | Iterable<string>,
    onProgress?: OnProgress,
  ): Promise<ImportReport> {
    return this.takeLines(
      lines,
      (batch) => this.takeBatch(batch, (work) => this.acts.run(asStaff(by), work)),
      onProgress,
    );
  }

  /** The same to its end, and nothing of it stays: what an import would do, and what it would refuse. Errors: as there. */
  async rehearse(
    by: Actor,
    lines: AsyncIterable<string> | Iterable<string>,
    onProgress?: OnProgress,
  ): Promise<ImportReport> {
    const brought = new Set<string>();
    return this.takeLines(
      lines,
      (batch) => this.takeBatch(batch, (work) => this.runInVain(by, work), brought),
      onProgress,
    );
  }

  /** Judges the lines of a batch while the one before it is taken: neither the database nor we wait for the other. */
  private async takeLines(
    lines: AsyncIterable<string> | Iterable<string>,
    takeBatch: (batch: JudgedLines) => Promise<ImportReport>,
    onProgress?: OnProgress,
  ): Promise<ImportReport> {
    const refused: RefusedRow[] = [];
    let [line, imported, known] = [0, 0, 0];
    let batch: Line[] = [];
    const named = new Set<string>();
    let underWay: Promise<void> = Promise.resolve();
    const take = async (): Promise<void> => {
      const read = line;
      const judged = await judgeLines(batch);
      batch = [];
      named.clear();
      await underWay;
      underWay = takeBatch(judged).then((report) => {
        imported += report.imported;
        known += report.already_imported;
        refused.push(...report.refused);
        onProgress?.(read);
      });
      underWay.catch(() => undefined); // told by whoever waits for it next
    };
    try {
      for await (const text of lines) {
        const row = parsed(text);
        const prefix = prefixOf(row);
        if (prefix !== null && named.has(prefix)) await take(); // a repeat is judged by what came of the line before it
        line += 1;
        if (text.trim() !== '') batch.push({ line, row });
        if (prefix !== null) named.add(prefix);
        if (batch.length === BATCH) await take();
      }
      if (batch.length > 0) await take();
      await underWay;
    } finally {
      await underWay.catch(() => undefined); // also where reading failed: nothing goes on behind the caller's back
    }
    return { imported, already_imported: known, refused };
  }

  /** An act that is undone once it is done. */
  private async runInVain<T>(by: Actor, work: (act: Act) => Promise<T>): Promise<T> {
    let outcome: { readonly of: T } | undefined;
    try {
      await this.acts.run(asStaff(by), async (act) => {
        outcome = { of: await work(act) };
        throw new InVain();
      });
    } catch (error) {
      if (!(error instanceof InVain)) throw error;
    }
    if (!outcome) throw new Error('An act ended without an outcome.');
    return outcome.of;
  }

  /** `brought`: the prefixes that batches before took, where these were undone; they are noted there. */
  private async takeBatch(
    { valid, refused: judged }: JudgedLines,
    run: (work: (act: Act) => Promise<Taken>) => Promise<Taken>,
    brought?: Set<string>,
  ): Promise<ImportReport> {
    const fresh = valid.filter(({ row }) => !brought?.has(row.prefix));
    const taken = await run((act) => this.takeRows(act, fresh));
    const refused = [...judged, ...taken.refused].map(({ at, error }) => refusedRow(at, error));
    refused.sort((one, other) => one.line - other.line);
    const wrong = new Set(taken.refused.map(({ at }) => at));
    for (const { at, row } of fresh) if (!wrong.has(at)) brought?.add(row.prefix);
    const known = taken.known + valid.length - fresh.length;
    return { imported: taken.imported, already_imported: known, refused };
  }

  /**
   * In one act: it is tried anew from its beginning when it has to give way, so it changes nothing outside. No two of `rows`
   * have the same prefix.
   */
  private async takeRows(act: Act, rows: JudgedLines['valid']): Promise<Taken> {
    const { manager } = act;
    const refused: { at: Line; error: InvalidInput }[] = [];
    const there = await findIssuedVia(
      manager,
      rows.map(({ row }) => row.prefix),
    );
    const users = await holdUsersByEmail(
      manager,
      rows.map(({ row }) => row.user_email),
    );
    let known = 0;
    const keys: { at: Line; order: ImportOrder; imported: Imported }[] = [];
    for (const { at, row } of rows) {
      const via = there.get(row.prefix);
      const user = users.get(row.user_email);
      if (via === VIA_IMPORT) known += 1;
      else if (via !== undefined)
        refused.push({ at, error: InvalidInput.field('prefix', 'A key with this prefix exists already.') });
      else if (!user)
        refused.push({ at, error: InvalidInput.field('user_email', 'There is no user with this e-mail.') });
      else keys.push({ at, order: orderOf(row, user), imported: importedOf(row) });
    }
    const { taken, refused: judged } = await this.issuing.takeAll(act, keys);
    for (const [index, error] of judged) {
      const key = keys[index];
      if (!(error instanceof InvalidInput) || !key) throw error;
      refused.push({ at: key.at, error: byEmail(error) });
    }
    return { imported: taken, known: known + keys.length - taken - judged.size, refused };
  }
}

/** The loop is let go after each line, so that the answers of the database are heard meanwhile. */
async function judgeLines(lines: readonly Line[]): Promise<JudgedLines> {
  const valid: { at: Line; row: KeyImportRow }[] = [];
  const refused: RefusedLine[] = [];
  for (const at of lines) {
    try {
      valid.push({ at, row: validRow(at.row) });
    } catch (error) {
      if (!(error instanceof InvalidInput)) throw error;
      refused.push({ at, error });
    }
    await setImmediate();
  }
  return { valid, refused };
}

function refusedRow({ line, row }: Line, error: InvalidInput): RefusedRow {
  return { line, prefix: prefixOf(row), errors: error.fields };
}

/** By the rules of its fields themselves: what HTTP needs besides takes as long as the database. Errors: InvalidInput. */
function validRow(input: unknown): KeyImportRow {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) {
    throw InvalidInput.nonField(input === undefined ? 'Not valid JSON in UTF-8.' : notAnObject(input));
  }
  const row = Object.assign(new KeyImportRow(), takenFields(KeyImportRow.prototype, input));
  const problems = fieldProblems(KeyImportRow.prototype, row);
  if (problems) throw new InvalidInput(problems);
  return row;
}

function orderOf(row: KeyImportRow, user: HeldUser): ImportOrder {
  return {
    user,
    organizationId: row.organization ?? null,
    accessLevel: row.access_level,
    name: row.name,
    expiresAt: instantOf(row.expires_at),
  };
}

function importedOf(row: KeyImportRow): Imported {
  return {
    prefix: row.prefix,
    hash: row.hashed_key,
    createdAt: instantOf(row.created) ?? undefined,
    revoked: row.revoked ?? false,
    details: { scheme: parseImportedHash(row.hashed_key)?.scheme },
  };
}

/** The row names its user by e-mail, so that is what is at fault where the user is. */
function byEmail({ fields: { user, ...fields } }: InvalidInput): InvalidInput {
  return new InvalidInput({ ...fields, ...(user && { user_email: user }) });
}

/**
 * `undefined`: not JSON, or not in UTF-8, of which U+FFFD is left where the file was read. Trimming takes off a byte order mark
 * too, which editors and spreadsheets put at a file's head.
 */
function parsed(text: string): unknown {
  if (text.includes('\uFFFD')) return undefined;
  try {
    return JSON.parse(text.trim()) as unknown;
  } catch {
    return undefined;
  }
}

function prefixOf(row: unknown): string | null {
  const { prefix } = (row ?? {}) as { prefix?: unknown };
  return typeof prefix === 'string' ? prefix.slice(0, 8) : null;
}
