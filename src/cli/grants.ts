import type { Command } from 'commander';
import { ACCESS_LEVELS } from '../access/access-level.js';
import { GRANT_STATUSES } from '../api-access-keys/grants/grant-status.js';
import { defineCommands } from './command.js';
import { choice, id, idWord, instant, LIST_OPTIONS, networks, required, text } from './options.js';

/** `cli grants …` */
export function define(group: Command): void {
  defineCommands(group, [
    {
      name: 'list',
      description: 'grants of access keys with their state, newest first',
      options: [
        id('--user <id>', 'for this user'),
        id('--org <id>', 'in this organization'),
        choice('--status <status>', 'in this state', GRANT_STATUSES),
        ...LIST_OPTIONS,
      ],
      examples: ['grants list --status open'],
      like: ['GET /api/admin/access-key-grants/'],
      action: async () => (await import('./actions/grants.js')).list,
    },
    {
      name: 'issue',
      description: 'let a user make an access key: its secret is shown to that user alone',
      options: [
        required(id('--user <id>', 'who may redeem it; the key acts as this user')),
        required(id('--org <id>', 'confines the key to this organization')),
        required(choice('--level <level>', 'what the key may do', ACCESS_LEVELS)),
        required(text('--name <name>', 'what the key is for')),
        required(text('--reason <text>', 'why the user needs it; the user reads it, too')),
        instant('--expires <instant>', 'when the grant lapses; left out: in 7 days'),
        instant('--key-expires <instant>', 'when the key ends; left out: never'),
        networks('from where alone the key works'),
      ],
      examples: [
        "grants issue --user 4 --org 2 --level read_only --name Reports --reason 'the monthly report' --key-expires 2030-01-31T12:00:00Z",
      ],
      like: ['POST /api/admin/access-key-grants/'],
      action: async () => (await import('./actions/grants.js')).issue,
    },
    {
      name: 'cancel',
      description: 'take back a grant that was not redeemed yet',
      words: [idWord('of the grant')],
      examples: ['grants cancel 12'],
      like: ['POST /api/admin/access-key-grants/{id}/cancel/'],
      action: async () => (await import('./actions/grants.js')).cancel,
    },
  ]);
}
