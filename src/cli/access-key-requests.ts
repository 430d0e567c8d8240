import { type Command, Option } from 'commander';
import { ACCESS_LEVELS, type AccessLevel } from '../access/access-level.js';
import { OPERATOR } from '../access/principal.js';
import { RequestListQuery } from '../api-access-keys/requests/request-list.dto.js';
import { everyRequest } from '../api-access-keys/requests/request-scope.js';
import { REQUEST_STATUSES, type RequestStatus } from '../api-access-keys/requests/request-status.js';
import { DeclineRequestBody, requestAnswer } from '../api-access-keys/requests/requests.dto.js';
import { RequestsService } from '../api-access-keys/requests/requests.service.js';
import { validated } from '../common/validated.js';
import { withServices } from './context.js';
import { idOption, instantOption } from './options.js';
import { everyPage, print, printList } from './output.js';

interface ListOptions {
  user?: number;
  org?: number;
  status?: RequestStatus;
}

/** `cli access-key-requests …` */
export function define(requests: Command): void {
  requests
    .command('list')
    .description('requests with their state, newest first')
    .option('--user <id>', 'of this user', idOption)
    .option('--org <id>', 'in this organization', idOption)
    .addOption(new Option('--status <status>').choices(REQUEST_STATUSES))
    .action(async ({ user, org, status }: ListOptions, command: Command) => {
      const results = await withServices((services) =>
        everyPage((page) => {
          const wanted = { page, page_size: '100', user, organization: org, status };
          const query = Object.assign(new RequestListQuery(), wanted);
          return services(RequestsService).list(everyRequest(OPERATOR), query);
        }),
      );
      printList(command, results.map(toOutput));
    });

  requests
    .command('approve')
    .description('let whoever asked make the key, as they asked for it or narrower')
    .argument('<id>', 'of the request', idOption)
    .addOption(new Option('--level <level>', 'less than was asked for').choices(ACCESS_LEVELS))
    .option('--expires <instant>', 'sooner than was asked for; ISO 8601 with a zone', instantOption)
    .action(
      async (id: number, { level, expires }: { level?: AccessLevel; expires?: Date }, command: Command) => {
        const narrowing = { accessLevel: level, keyExpiresAt: expires };
        const row = await withServices((services) =>
          services(RequestsService).approve(everyRequest(OPERATOR), id, narrowing),
        );
        print(command, toOutput(row));
      },
    );

  requests
    .command('decline')
    .description('refuse a request')
    .argument('<id>', 'of the request', idOption)
    .requiredOption('--reason <text>', 'why; whoever asked reads it')
    .action(async (id: number, options: { reason: string }, command: Command) => {
      const { reason } = await validated(DeclineRequestBody, options);
      const row = await withServices((services) =>
        services(RequestsService).decline(everyRequest(OPERATOR), id, reason),
      );
      print(command, toOutput(row));
    });
}

function toOutput(row: Parameters<typeof requestAnswer>[0]): Record<string, unknown> {
  const { id, status, user, organization, access_level, name, reason, expires_at, access_key_grant } =
    requestAnswer(row);
  return { id, status, user, organization, access_level, name, reason, expires_at, access_key_grant };
}
