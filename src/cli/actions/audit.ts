import { access, constants, readFile } from 'node:fs/promises';
import { OPERATOR } from '../../access/principal.js';
import {
  AuditEventAdminListQuery,
  type AuditEventAnswer,
  auditVerificationAnswer,
} from '../../audit/audit-event.dto.js';
import { AuditEventsService } from '../../audit/audit-events.service.js';
import { AuditHeads } from '../../audit/chain/audit-heads.js';
import { HeadKey } from '../../audit/chain/head-key.js';
import { AuditVerifications } from '../../audit/verification/audit-verifications.js';
import type { Evidence } from '../../audit/verification/audit-verifier.js';
import { readHeads } from '../../audit/chain/head.js';
import { readEnv } from '../../config/env.js';
import type { Action, Alone } from '../command.js';
import type { Column } from '../output.js';
import { CommandRefused, fromFile } from '../refused.js';
import { exportOf, pageOf, queryOf } from './queries.js';

const COLUMNS: readonly Column<AuditEventAnswer>[] = [
  ['id', ({ id }) => id],
  ['at', ({ at }) => at],
  ['action', ({ action }) => action],
  ['org', ({ organization }) => organization],
  ['actor', ({ actor }) => actor],
  ['credential', ({ credential }) => credential],
  ['subject', ({ subject_type: type, subject_id: id }) => type && `${type}:${id}`],
  ['ip', ({ ip }) => ip],
  ['details', ({ details }) => details],
];

export const list: Action = (services, given, output) =>
  output.list(COLUMNS, given.fields['limit'], async (page) => {
    const query = await queryOf(AuditEventAdminListQuery, given, page);
    return pageOf(await services(AuditEventsService).listAsStaff(OPERATOR, query));
  });

export const exportAll: Action = async (services, { words, fields }, output) => {
  const given = { words, fields: { ...fields, format: 'ndjson' } };
  const query = await queryOf(AuditEventAdminListQuery, given, {});
  const lines = exportOf(await services(AuditEventsService).listAsStaff(OPERATOR, query));
  await output.pass(lines.getStream());
};

export const state: Action = async (services, _given, output) => {
  output.print(auditVerificationAnswer(await services(AuditVerifications).state()));
};

export const verify: Action = async (services, { fields: { head, archive } }, output) => {
  const archives = (archive as readonly string[] | undefined) ?? [];
  const evidence = { ...(await evidenceOf(head)), archives };
  for (const file of archives) await fromFile(file, (name) => access(name, constants.R_OK));
  const verdict = await output.progress('verified', (onProgress) =>
    services(AuditVerifications).verify(evidence, onProgress),
  );
  if (!verdict.ok) process.exitCode = 1;
  output.print(verdict);
};

export const heads: Action = async (services, _given, output) => {
  output.file(await services(AuditHeads).export());
};

export const publicKeys: Alone = (_given, output) => {
  const { publicKeys: keys } = new HeadKey(readEnv());
  const value = Buffer.from(JSON.stringify(keys)).toString('base64url');
  output.print({ public_keys: keys, for_the_environment: `AUDIT_PUBLIC_KEYS=${value}` });
  return Promise.resolve();
};

/** What is in a file of heads; of none, nothing. Errors: CommandRefused. */
export async function evidenceOf(file: unknown): Promise<Evidence> {
  if (typeof file !== 'string') return {};
  const text = await fromFile(file, () => readFile(file, 'utf8'));
  try {
    return readHeads(text);
  } catch (error) {
    throw new CommandRefused(`${file}: ${(error as Error).message}`);
  }
}
