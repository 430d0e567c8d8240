import { Injectable, Logger } from '@nestjs/common';
import { digestOf } from '../../common/crypto/digest.js';
import { NamedStatements } from '../../database/named-statements.js';
import { type ImportedHash, matchesImported, parseImportedHash } from './imported-hash.js';
import { SlowChecks } from './slow-checks.js';

/** Narrow, and conditional on the hash that was verified: two instances may both do it, and an edit is never undone. */
const REHASH = `
  UPDATE access_keys SET digest = $2, imported_hash = NULL WHERE id = $1 AND imported_hash = $3`;

/** The key whose imported hash is to be verified. */
interface ImportedKey {
  readonly id: number;
  readonly prefix: string;
  readonly importedHash: string;
}

/**
 * Verifies keys that another system issued. The first proof of a key replaces its hash by a digest of ours, so it is
 * slow once. Only rows that need a slow hash cost one: an unknown prefix never does.
 */
@Injectable()
export class ImportedKeys {
  private readonly logger = new Logger('ImportedKeys');
  private readonly checks = new SlowChecks();
  /** The same text is verified once for all who present it at the same time. */
  private readonly underWay = new Map<string, Promise<boolean>>();

  constructor(private readonly statements: NamedStatements) {}

  /**
   * Whether `text` is the key. `source`: the address that presents it. Errors: ServiceUnavailable when too many slow
   * hashes wait.
   */
  async proves(text: string, key: ImportedKey, source: string | null): Promise<boolean> {
    const imported = parseImportedHash(key.importedHash);
    if (!imported) return false;
    const proven = await this.matches(text, imported, { key: key.prefix, source: source ?? '' });
    if (proven) await this.rehash(text, key);
    return proven;
  }

  private matches(
    text: string,
    imported: ImportedHash,
    place: { key: string; source: string },
  ): Promise<boolean> {
    if (imported.scheme === 'sha512') return matchesImported(text, imported);
    const name = digestOf(text).toString('base64');
    let check = this.underWay.get(name);
    if (!check) {
      check = this.checks
        .run(place, () => matchesImported(text, imported))
        .finally(() => this.underWay.delete(name));
      this.underWay.set(name, check);
    }
    return check;
  }

  /** A key that was proven works, also when its digest can't be stored this time. */
  private async rehash(text: string, { id, importedHash }: ImportedKey): Promise<void> {
    try {
      await this.statements.query('rehash-imported-key', REHASH, [id, digestOf(text), importedHash]);
    } catch (error) {
      this.logger.warn({ msg: 'The digest of an imported key could not be stored.', cause: String(error) });
    }
  }
}
