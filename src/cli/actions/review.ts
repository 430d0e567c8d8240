import { OPERATOR } from '../../access/principal.js';
import { KeyReview } from '../../api-access-keys/review/key-review.js';
import { KeyReviewAdminQuery, type ReviewedKeyAnswer } from '../../api-access-keys/review/review.dto.js';
import type { Given, Action } from '../command.js';
import type { Services } from '../context.js';
import type { Column, Output } from '../output.js';
import { CommandRefused } from '../refused.js';
import { exportOf, pageOf, queryOf } from './queries.js';

const COLUMNS: readonly Column<ReviewedKeyAnswer>[] = [
  ['id', ({ id }) => id],
  ['prefix', ({ prefix }) => prefix],
  ['name', ({ name }) => name],
  ['user', ({ user }) => user.email],
  ['org', ({ organization }) => organization],
  ['level', ({ access_level: level }) => level],
  ['status', ({ status }) => status],
  ['expires at', ({ expires_at: at }) => at],
  ['last used at', ({ last_used_at: at }) => at],
  ['breaches', ({ breaches }) => breaches.join(' ')],
];

/** With `--format csv` everything, as an auditor's spreadsheet takes it. */
export const review: Action = async (services, given, output) => {
  if (given.fields['format'] !== 'csv') {
    await listReviewed(services, given, output);
    return;
  }
  if (output.json) throw new CommandRefused('A review is told as JSON or as CSV, not as both.');
  const query = await queryOf(KeyReviewAdminQuery, given, {});
  const csv = exportOf(await services(KeyReview).reviewAsStaff(OPERATOR, query));
  await output.pass(csv.getStream());
};

/** Keys with what is wrong about each. */
export function listReviewed(services: Services, given: Given, output: Output): Promise<void> {
  return output.list(COLUMNS, given.fields['limit'], async (page) => {
    const query = await queryOf(KeyReviewAdminQuery, given, page);
    return pageOf(await services(KeyReview).reviewAsStaff(OPERATOR, query));
  });
}
