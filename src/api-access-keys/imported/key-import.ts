import { Injectable } from '@nestjs/common';
import type { Actor } from '../../access/principal.js';
import { Acts } from '../../acts/acts.js';
import { asStaff } from '../../acts/authority.js';
import { type FieldErrors, InvalidInput } from '../../common/errors.js';
import { notAnObject } from '../../common/fields.js';
import { validated } from '../../common/validated.js';
import { findUserByEmail } from '../../users/user-rows.js';
import { instantOf } from '../access-key-bodies.dto.js';
import { ApiAccessKey } from '../access-key.entity.js';
import { parseImportedHash } from './imported-hash.js';
import { KeyImportRow } from './key-import-row.dto.js';
import { KeyIssuing } from '../life/issuing.js';
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

/** Takes over the keys that another system issued, without ever seeing one: it knows only their hashes. */
@Injectable()
export class KeyImport {
  constructor(
    private readonly acts: Acts,
    private readonly issuing: KeyIssuing,
  ) {}

  /** Imports what can be imported of NDJSON lines, each in its own transaction, and tells of every line that can't. */
  async importLines(by: Actor, lines: AsyncIterable<string> | Iterable<string>): Promise<ImportReport> {
    const refused: RefusedRow[] = [];
    let [line, imported, known] = [0, 0, 0];
    for await (const text of lines) {
      line += 1;
      if (text.trim() === '') continue;
      const row = parsed(text);
      try {
        if (await this.take(by, row)) imported += 1;
        else known += 1;
      } catch (error) {
        if (!(error instanceof InvalidInput)) throw error;
        refused.push({ line, prefix: prefixOf(row), errors: error.fields });
      }
    }
    return { imported, already_imported: known, refused };
  }

  /** `false`: it is here already. Errors: InvalidInput. */
  private async take(by: Actor, input: unknown): Promise<boolean> {
    if (typeof input !== 'object' || input === null || Array.isArray(input)) {
      throw InvalidInput.nonField(input === undefined ? 'Not valid JSON.' : notAnObject(input));
    }
    const row = await validated(KeyImportRow, input as KeyImportRow);
    return this.acts.run(asStaff(by), async (act) => {
      const known = await act.manager.findOneBy(ApiAccessKey, { prefix: row.prefix });
      if (known?.issuedVia === VIA_IMPORT) return false;
      if (known) throw InvalidInput.field('prefix', 'A key with this prefix exists already.');
      const user = await findUserByEmail(act.manager, row.user_email);
      if (!user) throw InvalidInput.field('user_email', 'There is no user with this e-mail.');
      const order = {
        userId: user.id,
        organizationId: row.organization ?? null,
        admin: false,
        accessLevel: row.access_level,
        name: row.name,
        expiresAt: instantOf(row.expires_at),
      };
      await byEmail(this.issuing.take(act, order, importedOf(row)));
      return true;
    });
  }
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
async function byEmail<T>(taking: Promise<T>): Promise<T> {
  try {
    return await taking;
  } catch (error) {
    if (!(error instanceof InvalidInput)) throw error;
    const { user, ...fields } = error.fields;
    throw new InvalidInput({ ...fields, ...(user && { user_email: user }) });
  }
}

/** `undefined`: not JSON. Trimming takes off a byte order mark too, which editors and spreadsheets put at a file's head. */
function parsed(text: string): unknown {
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
