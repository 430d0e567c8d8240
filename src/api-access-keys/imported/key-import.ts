import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import type { Actor } from '../../access/principal.js';
import { AuditService } from '../../audit/audit.service.js';
import { type FieldErrors, InvalidInput } from '../../common/errors.js';
import { notAnObject } from '../../common/fields.js';
import { validated } from '../../common/validated.js';
import { User } from '../../users/user.entity.js';
import { instantOf } from '../access-key-bodies.dto.js';
import { ApiAccessKey } from '../access-key.entity.js';
import { parseImportedHash } from './imported-hash.js';
import { keyEvent } from '../life/key-event.js';
import { KeyImportRow } from './key-import-row.dto.js';
import { KeyRecipients } from '../life/recipient.js';

/** What stands in `issued_via` of a key that another system issued. */
const VIA = 'import';

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
    private readonly dataSource: DataSource,
    private readonly recipients: KeyRecipients,
    private readonly audit: AuditService,
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
    return this.dataSource.transaction(async (manager) => {
      const known = await manager.findOneBy(ApiAccessKey, { prefix: row.prefix });
      if (known?.issuedVia === VIA) return false;
      if (known) throw InvalidInput.field('prefix', 'A key with this prefix exists already.');
      const userId = await this.userOf(manager, row);
      await this.insert(manager, by, row, userId);
      return true;
    });
  }

  /** The user of a row, for whom such a key may be made. */
  private async userOf(manager: EntityManager, row: KeyImportRow): Promise<number> {
    const user = await manager.findOneBy(User, { email: row.user_email });
    if (!user) throw InvalidInput.field('user_email', 'There is no user with this e-mail.');
    const wanted = { userId: user.id, organizationId: row.organization ?? null };
    const { user: userProblem, ...problems } = await this.recipients.problems(manager, wanted);
    const errors = { ...problems, ...(userProblem && { user_email: userProblem }) };
    if (Object.keys(errors).length > 0) throw new InvalidInput(errors);
    return user.id;
  }

  private async insert(manager: EntityManager, by: Actor, row: KeyImportRow, userId: number): Promise<void> {
    const { raw } = await manager
      .createQueryBuilder()
      .insert()
      .into(ApiAccessKey)
      .values({
        prefix: row.prefix,
        digest: null,
        importedHash: row.hashed_key,
        userId,
        organizationId: row.organization ?? null,
        accessLevel: row.access_level,
        name: row.name,
        expiresAt: instantOf(row.expires_at),
        ...(row.created && { createdAt: instantOf(row.created) ?? undefined }),
        createdById: by.userId,
        issuedVia: VIA,
        ...(row.revoked && {
          revokedAt: () => 'app_now()',
          revokedById: by.userId,
          revokeReason: 'Revoked before the import.',
        }),
      })
      .orIgnore() // another run of the same import was faster
      .returning('id')
      .execute();
    const [made] = raw as { id: number }[];
    if (!made) return;
    const key = await manager.findOneByOrFail(ApiAccessKey, { id: made.id });
    const { name, access_level, revoked = false } = row;
    const scheme = parseImportedHash(row.hashed_key)?.scheme;
    const details = {
      name,
      access_level,
      expires_at: key.expiresAt,
      created_at: key.createdAt,
      revoked,
      scheme,
    };
    await this.audit.record(manager, keyEvent(by, 'access_key.imported', key, details));
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
