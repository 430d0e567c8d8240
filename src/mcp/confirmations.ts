import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { credentialName, type Principal } from '../access/principal.js';
import { canonicalJson } from '../audit/chain/canonical.js';
import { inBatches, RecurringJob } from '../common/background/recurring-job.js';
import { hmacText, purposeKey } from '../common/crypto/purpose-key.js';
import { randomText } from '../common/crypto/random-text.js';
import { ApiError, Conflict } from '../common/errors.js';
import { ENV } from '../config/config.module.js';
import type { Env } from '../config/env.js';

/** How long a write waits to be confirmed, in seconds of the database's clock (contract §7). */
export const CONFIRMATION_SECONDS = 60;

const TOKEN_LENGTH = 32;
/** Rows that one statement deletes. */
const BATCH = 1_000;

/** A call as it is confirmed: whose, of which tool, with which arguments as they were sent. */
interface Call {
  readonly by: Principal;
  readonly tool: string;
  readonly arguments: Readonly<Record<string, unknown>>;
}

/**
 * Writes in two steps: a tool that would change something shows it first and gives a token, and does it when it is called
 * once more with the same arguments and that token. A row is a keyed digest of token and call together, so a token fits
 * nothing but its own call, and the table tells nobody what waits.
 */
@Injectable()
export class Confirmations extends RecurringJob {
  protected readonly everyMs = 60_000;
  private readonly key: Buffer;

  constructor(
    private readonly dataSource: DataSource,
    @Inject(ENV) env: Env,
  ) {
    super();
    this.key = purposeKey(env.SECRET_KEY, 'tool-confirmations');
  }

  /** A token for this very call, good once and for CONFIRMATION_SECONDS, at every instance. */
  async offer(call: Call): Promise<string> {
    const token = randomText(TOKEN_LENGTH);
    await this.dataSource.query(
      `INSERT INTO tool_confirmations (digest, expires_at) VALUES ($1, app_now() + make_interval(secs => $2))`,
      [this.digestOf(token, call), CONFIRMATION_SECONDS],
    );
    return token;
  }

  /**
   * Does `work`, if the token confirms this call. The token is gone before the work begins, so that it is done at most once,
   * whatever fails; work that is refused, which has changed nothing, leaves it as it was. Errors: Conflict
   * `confirmation_invalid`, those of `work`.
   */
  async confirmed<T>(token: string, call: Call, work: () => Promise<T>): Promise<T> {
    const digest = this.digestOf(token, call);
    const [rows] = await this.dataSource.query<[{ expires_at: string }[], number]>(
      `DELETE FROM tool_confirmations WHERE digest = $1 AND expires_at > app_now() RETURNING expires_at::text`,
      [digest],
    );
    const [row] = rows;
    if (!row) throw new Conflict('confirmation_invalid', NOT_CONFIRMED);
    try {
      return await work();
    } catch (error) {
      if (error instanceof ApiError && error.status < 500) await this.putBack(digest, row.expires_at);
      throw error;
    }
  }

  /** Deletes what is too late to be confirmed; gives the number of rows. */
  run(signal?: AbortSignal): Promise<number> {
    return inBatches(BATCH, signal, async () => {
      const [, count] = await this.dataSource.query<[unknown, number]>(
        `DELETE FROM tool_confirmations WHERE digest IN (
           SELECT digest FROM tool_confirmations WHERE expires_at <= app_now() LIMIT $1)`,
        [BATCH],
      );
      return count;
    });
  }

  private async putBack(digest: string, expiresAt: string): Promise<void> {
    await this.dataSource.query('INSERT INTO tool_confirmations (digest, expires_at) VALUES ($1, $2)', [
      digest,
      expiresAt,
    ]);
  }

  private digestOf(token: string, call: Call): string {
    const parts = [token, credentialName(call.by.credential), call.tool, call.arguments];
    return hmacText(this.key, canonicalJson(JSON.stringify(parts)));
  }
}

const NOT_CONFIRMED =
  'This confirm_token is not, or no longer, good for this call. Call without it to see what would happen, and for a new one.';
