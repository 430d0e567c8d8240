import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { DataSource } from 'typeorm';
import { type EncryptionContext, SecretBox, UnknownSealingKey } from '../common/crypto/secret-box.js';

/** This process was given another key ring than the one that sealed what is in the database. */
export class WrongKeyRing extends Error {
  constructor(why: string, cause?: unknown) {
    super(`The key ring is not the one of this database: ${why} Nothing was written.`);
    this.name = 'WrongKeyRing';
    this.cause = cause;
  }
}

const CANARY = 'This key ring belongs to this database.';
const CONTEXT: EncryptionContext = { table: 'sealing_canaries', field: 'sealed', org: 0, row: 0 };
const UNDEFINED_TABLE = '42P01';

/**
 * Proves that SEALING_KEYS is the ring of this database, before anything is served with it: of each key there is a
 * canary, sealed with it when it was first seen, and every key that seals a secret must be in the ring. A service that
 * started with the wrong ring would answer for keys that it can't open, and seal new ones that nobody else can.
 */
@Injectable()
export class KeyRingCheck implements OnModuleInit {
  private readonly logger = new Logger('KeyRing');

  constructor(
    private readonly dataSource: DataSource,
    private readonly box: SecretBox,
    private readonly http: HttpAdapterHost,
  ) {}

  /** Refuses to start with a wrong ring. Errors: WrongKeyRing. */
  async onModuleInit(): Promise<void> {
    try {
      await this.check();
      // the command line looks only: a key counts as known once a service was started with it
      if (this.http.httpAdapter as unknown) await this.introduce();
    } catch (error) {
      if (!isMissingTable(error)) throw error;
      this.logger.warn('The database was never migrated: run `cli migrate`.');
    }
  }

  /** Errors: WrongKeyRing, and the database's own. */
  async check(): Promise<void> {
    const canaries = await this.dataSource.query<{ kid: string; sealed: string }[]>(
      'SELECT kid, sealed FROM sealing_canaries',
    );
    const used = await this.dataSource.query<{ kid: string }[]>(
      'SELECT DISTINCT sealing_kid AS kid FROM provider_keys',
    );
    const known = new Set(this.box.kids);
    const missing = used.find(({ kid }) => !known.has(kid));
    if (missing) throw new WrongKeyRing(`it lacks the key "${missing.kid}", which seals provider keys.`);
    if (canaries.length > 0 && canaries.every(({ kid }) => !known.has(kid)))
      throw new WrongKeyRing('none of its keys was ever used here.');
    for (const { kid, sealed } of canaries) {
      if (known.has(kid)) this.open(kid, sealed);
    }
  }

  /** Whether a running service has had this key in its ring: before that, nothing may be sealed with it for all. */
  async isIntroduced(kid: string): Promise<boolean> {
    const rows = await this.dataSource.query<unknown[]>('SELECT FROM sealing_canaries WHERE kid = $1', [kid]);
    return rows.length > 0;
  }

  /** How many days ago each key was first in the ring of a running service. */
  async ages(): Promise<ReadonlyMap<string, number>> {
    const rows = await this.dataSource.query<{ kid: string; days: number }[]>(
      'SELECT kid, extract(day FROM app_now() - created_at)::int AS days FROM sealing_canaries',
    );
    return new Map(rows.map(({ kid, days }) => [kid, days]));
  }

  private async introduce(): Promise<void> {
    for (const kid of this.box.kids) {
      const { text } = await this.box.seal(CANARY, CONTEXT, kid);
      await this.dataSource.query(
        'INSERT INTO sealing_canaries (kid, sealed) VALUES ($1, $2) ON CONFLICT DO NOTHING',
        [kid, text],
      );
    }
    await this.check(); // another instance may have been first, with another key of the same name
  }

  private open(kid: string, text: string): void {
    try {
      this.box.open({ kid, text }, CONTEXT);
    } catch (error) {
      if (error instanceof UnknownSealingKey) throw error;
      throw new WrongKeyRing(`its key "${kid}" is another one than the key of that name was.`, error);
    }
  }
}

function isMissingTable(error: unknown): boolean {
  const { code, driverError } = error as { code?: unknown; driverError?: { code?: unknown } };
  return (driverError?.code ?? code) === UNDEFINED_TABLE;
}
