import type { Command } from 'commander';
import { defineCommands } from './command.js';
import { id, instant, LIST_OPTIONS, required, text } from './options.js';

const FILTERS = [
  id('--org <id>', 'that concern this organization'),
  text('--action <action>', 'exactly this action, like `access_key.issued`'),
  id('--actor <id>', 'done by this user'),
  id('--user <id>', 'that concern this user'),
  text('--subject-type <type>', 'done to a thing of this kind, like `access_key`'),
  id('--subject-id <id>', 'done to this thing'),
  text('--credential <name>', 'done through this credential, like `access_key:12` or `cli`'),
  instant('--since <instant>', 'from then on'),
  instant('--until <instant>', 'before then'),
];

const HEAD = text(
  '--head <file>',
  'heads exported earlier: with them a cut tail is found as well, and what the keys in the export signed is known',
);

/** `cli audit …` */
export function define(group: Command): void {
  defineCommands(group, [
    {
      name: 'list',
      description: 'who did what, newest first',
      options: [...FILTERS, ...LIST_OPTIONS],
      examples: ['audit list --limit 20', 'audit list --subject-type access_key --subject-id 12'],
      like: ['GET /api/admin/audit-events/'],
      action: async () => (await import('./actions/audit.js')).list,
    },
    {
      name: 'export',
      description: 'everything that the filters leave as NDJSON, oldest first',
      options: [
        ...FILTERS,
        text('--search <words>', 'every word in action, credential, address, agent or details'),
      ],
      examples: ['audit export --since 2030-01-01T00:00:00Z > audit.ndjson'],
      like: ['GET /api/admin/audit-events/'],
      action: async () => (await import('./actions/audit.js')).exportAll,
    },
    {
      name: 'state',
      description: 'what the last verification found',
      examples: ['audit state'],
      like: ['GET /api/admin/audit-events/verification/'],
      action: async () => (await import('./actions/audit.js')).state,
    },
    {
      name: 'verify',
      description:
        'recompute every chain; exit status 1 when a row was altered, removed, inserted or reordered',
      options: [
        HEAD,
        text(
          '--archive <files...>',
          'archives, oldest first: with them what was archived is verified as well',
        ),
      ],
      examples: [
        'audit verify',
        'audit verify --json --head heads.json',
        'audit verify --archive audit-2029.ndjson audit-2030.ndjson',
      ],
      action: async () => (await import('./actions/audit.js')).verify,
    },
    {
      name: 'archive',
      description: 'move what was sealed before an instant into a new file, once that is proven to hold it',
      options: [
        required(instant('--before <instant>', 'what was sealed before then')),
        required(text('--to <file>', 'a file that is not there yet')),
        HEAD,
      ],
      examples: ['audit archive --before 2030-01-01T00:00:00Z --to audit-2029.ndjson'],
      alone: async () => (await import('./actions/audit-archive.js')).archive,
    },
    {
      name: 'heads',
      description:
        'the signed heads of all chains as JSON, to be kept where the database’s owner can’t reach them',
      examples: ['audit heads > heads.json'],
      action: async () => (await import('./actions/audit.js')).heads,
    },
    {
      name: 'public-keys',
      description: 'the public keys that verify heads; to be set once SECRET_KEY was changed',
      examples: ['audit public-keys'],
      alone: async () => (await import('./actions/audit.js')).publicKeys,
    },
  ]);
}
