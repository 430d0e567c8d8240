import { Injectable } from '@nestjs/common';
import { WriteBehind } from '../common/background/write-behind.js';
import { grouped } from '../common/grouped.js';
import { NamedStatements } from '../database/named-statements.js';

/** One request that is about to be sent, as the ledger knows it. */
export type LedgerCall = string;

interface Outcome {
  readonly call: LedgerCall;
  readonly succeeded: boolean;
}

/**
 * A row for each, under today's UTC date of the database's clock. A key that is disabled or gone gets none; holding on to
 * the key's row keeps it from being deleted in between.
 */
const INTEND = `
  WITH wanted AS MATERIALIZED (
    SELECT w.n, k.id AS key, nextval('provider_calls_id_seq') AS call
    FROM unnest($1::integer[]) WITH ORDINALITY AS w(id, n)
    JOIN enabled_provider_keys k ON k.id = w.id
    FOR KEY SHARE OF k
  ), made AS (
    INSERT INTO provider_calls (id, provider_key_id, day, sent_at)
    SELECT call, key, (app_now() AT TIME ZONE 'UTC')::date, app_now() FROM wanted
  )
  SELECT n::integer, call::text FROM wanted`;

const SETTLE = `
  UPDATE provider_calls c SET succeeded = o.succeeded
  FROM unnest($1::bigint[], $2::boolean[]) AS o(id, succeeded)
  WHERE c.id = o.id AND c.succeeded IS NULL`;

/**
 * Counts requests to providers (docs/adr/0022): the intent is committed before a request is sent, the outcome follows.
 * A killed process has counted what it sent, and at most what it was about to send besides. Calls that wait at the same
 * moment share one statement, each with a row of its own, so a busy key never becomes a row that all wait for.
 */
@Injectable()
export class CallLedger extends WriteBehind<Outcome> {
  constructor(private readonly statements: NamedStatements) {
    super({ failure: 'Outcomes could not be written.' });
  }

  /**
   * Counts a request that is about to be sent with a key; nothing must be sent before this resolves. Nothing: the key is
   * disabled or deleted, and nothing may be sent at all. Errors: the database's own, which become 503.
   */
  readonly intend = grouped<number, LedgerCall>(async (keyIds) => {
    const rows = await this.statements.query<{ n: number; call: LedgerCall }>('ledger-intend', INTEND, [
      keyIds,
    ]);
    const calls = new Map(rows.map(({ n, call }) => [n, call]));
    return keyIds.map((_, index) => calls.get(index + 1));
  });

  /** What became of a request. Returns at once and never fails: an outcome that can't be written leaves a call without one. */
  settle(call: LedgerCall, succeeded: boolean): void {
    this.leave({ call, succeeded });
  }

  protected override write(outcomes: readonly Outcome[]): Promise<unknown> {
    const calls = outcomes.map(({ call }) => call);
    const succeeded = outcomes.map((outcome) => outcome.succeeded);
    return this.statements.query('ledger-settle', SETTLE, [calls, succeeded]);
  }
}
