import { type Command, Option } from 'commander';
import { open } from 'node:fs/promises';
import { ACCESS_LEVELS, type AccessLevel } from '../access/access-level.js';
import { OPERATOR } from '../access/principal.js';
import { KeyImport } from '../api-access-keys/imported/key-import.js';
import { KeyListQuery } from '../api-access-keys/access-key-list.dto.js';
import type { ApiAccessKey } from '../api-access-keys/access-key.entity.js';
import { AccessKeysService } from '../api-access-keys/access-keys.service.js';
import { everyKey } from '../api-access-keys/key-scope.js';
import { KEY_STATUSES, type KeyStatus } from '../api-access-keys/key-status.js';
import { withServices } from './context.js';
import { idOption, instantOption } from './options.js';
import { explainFields } from './failures.js';
import { of } from './refused.js';
import { everyPage, print, printList } from './output.js';

interface IssueOptions {
  user: number;
  level: AccessLevel;
  name: string;
  org?: number;
  expires?: Date;
}

/** `cli access-keys …` */
export function define(keys: Command): void {
  keys
    .command('issue')
    .description('make a key; it is shown this once')
    .requiredOption('--user <id>', 'whose rights it acts with', idOption)
    .addOption(new Option('--level <level>', 'what it may do').choices(ACCESS_LEVELS).makeOptionMandatory())
    .requiredOption('--name <name>')
    .option('--org <id>', 'confine it to one organization', idOption)
    .option('--expires <instant>', 'ISO 8601 with a zone', instantOption)
    .action(async ({ user, level, name, org, expires }: IssueOptions, command: Command) => {
      const { row, key } = await withServices((services) =>
        services(AccessKeysService).issue(OPERATOR, {
          userId: user,
          organizationId: org ?? null,
          accessLevel: level,
          name,
          expiresAt: expires ?? null,
        }),
      );
      print(command, {
        id: row.id,
        key,
        prefix: row.prefix,
        access_level: row.accessLevel,
        expires_at: row.expiresAt,
      });
    });

  keys
    .command('list')
    .description('keys with their state and last use, newest first')
    .option('--user <id>', 'of this user', idOption)
    .option('--org <id>', 'confined to this organization', idOption)
    .addOption(new Option('--status <status>').choices(KEY_STATUSES))
    .action(
      async (
        { user, org, status }: { user?: number; org?: number; status?: KeyStatus },
        command: Command,
      ) => {
        const results = await withServices((services) =>
          everyPage((page) => {
            const query = Object.assign(new KeyListQuery(), {
              page,
              page_size: '100',
              user,
              organization: org,
              status,
            });
            return services(AccessKeysService).list(everyKey(OPERATOR), query);
          }),
        );
        printList(command, results.map(toOutput));
      },
    );

  keys
    .command('revoke')
    .description('end a key for good')
    .argument('<prefix>', 'the eight characters before the dot')
    .option('--reason <text>')
    .action(async (prefix: string, { reason }: { reason?: string }, command: Command) => {
      const { row } = await withServices((services) =>
        of(
          `access key ${prefix}`,
          services(AccessKeysService).revoke(everyKey(OPERATOR), { prefix }, { reason }),
        ),
      );
      print(command, toOutput(row));
    });

  keys
    .command('import')
    .description('take over keys of another system; exit status 1 when a row was refused')
    .argument(
      '<file>',
      'NDJSON: prefix, hashed_key, user_email, organization?, access_level, name, created?, expires_at?, revoked?',
    )
    .action(async (file: string, _options: object, command: Command) => {
      const input = await open(file);
      const report = await withServices((services) =>
        services(KeyImport).importLines(OPERATOR, input.readLines()),
      );
      for (const { line, prefix, errors } of report.refused) {
        const why = explainFields(errors).replaceAll('\n', '; ');
        console.error(`line ${line} (${prefix ?? 'no prefix'}) refused: ${why}`);
      }
      if (report.refused.length > 0) process.exitCode = 1;
      print(command, { ...report });
    });
}

function toOutput(row: ApiAccessKey): Record<string, unknown> {
  return {
    id: row.id,
    prefix: row.prefix,
    name: row.name,
    user: row.userId,
    organization: row.organizationId,
    access_level: row.accessLevel,
    status: row.status,
    expires_at: row.expiresAt,
    last_used_at: row.lastUsedAt,
  };
}
