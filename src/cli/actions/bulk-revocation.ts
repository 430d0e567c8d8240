import { OPERATOR } from '../../access/principal.js';
import { bulkAnswer, bulkOrderOf, BulkRevokeBody } from '../../api-access-keys/bulk/bulk-revocation.dto.js';
import { BulkRevocations } from '../../api-access-keys/bulk/bulk-revocations.js';
import { everyKey } from '../../api-access-keys/key-scope.js';
import { validated } from '../../common/validated.js';
import type { Action } from '../command.js';

/**
 * First the numbers and a token; with it exactly the keys that were counted, to the last of them. Where that fails midway,
 * what is known to be revoked is printed, and the same command goes on with the rest and tells of all.
 */
export const bulkRevoke: Action = async (services, { fields }, output) => {
  const { reason, confirm_token, ...filter } = fields;
  const isDryRun = confirm_token === undefined;
  const body = { filter, reason, confirm_token, dry_run: isDryRun } as BulkRevokeBody;
  const order = bulkOrderOf(await validated(BulkRevokeBody, body));
  const run = () => services(BulkRevocations).run(everyKey(OPERATOR), order);
  let outcome = await run();
  try {
    while (!outcome.dryRun && outcome.remaining > 0) outcome = await run();
  } finally {
    output.print(bulkAnswer(outcome));
  }
};
