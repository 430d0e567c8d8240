import { Argument, type Command, Option } from 'commander';
import { ACCESS_LEVELS } from '../access/access-level.js';
import { KEY_STATUSES } from '../api-access-keys/key-status.js';
import { BREACHES } from '../api-access-keys/review/breaches.js';
import { defineCommands } from './command.js';
import { choice, id, instant, LIST_OPTIONS, networks, required, text } from './options.js';

/** Of a whole key what is before its dot: the rest is a secret, which no answer repeats. */
const PREFIX = [
  new Argument('<prefix>', 'the eight characters before the dot').argParser(
    (given: string) => given.split('.', 1)[0],
  ),
];

/** Which keys are meant: the filters of the list over HTTP. */
const FILTERS = [
  id('--user <id>', 'of this user'),
  id('--org <id>', 'confined to this organization'),
  choice('--level <level>', 'of this access level', ACCESS_LEVELS),
  choice('--status <status>', 'in this state', KEY_STATUSES),
  instant('--expires-before <instant>', 'that end before it'),
  instant('--last-used-before <instant>', 'used, but not since'),
  new Option('--never-used', 'without any use'),
  text('--prefix <prefix>', 'this key'),
];

/** `cli access-keys …` */
export function define(group: Command): void {
  defineCommands(group, [
    {
      name: 'list',
      description: 'keys with their state and last use, newest first',
      options: [...FILTERS, ...LIST_OPTIONS],
      examples: [
        'access-keys list --user 4 --status active',
        'access-keys list --never-used --ordering expires_at --limit 50',
      ],
      like: ['GET /api/admin/access-keys/'],
      action: async () => (await import('./actions/access-keys.js')).list,
    },
    {
      name: 'show',
      description: 'one key',
      words: PREFIX,
      examples: ['access-keys show qTizYIPb'],
      like: ['GET /api/admin/access-keys/{id}/'],
      action: async () => (await import('./actions/access-keys.js')).show,
    },
    {
      name: 'issue',
      description: 'make a key; it is shown this once',
      options: [
        required(id('--user <id>', 'whose rights it acts with')),
        required(choice('--level <level>', 'what it may do', ACCESS_LEVELS)),
        required(text('--name <name>', 'what it is for')),
        id('--org <id>', 'confine it to one organization'),
        instant('--expires <instant>', 'when it ends; left out: never'),
        networks('from where alone it works'),
      ],
      examples: [
        "access-keys issue --user 4 --level read_only --name 'Reports' --org 2 --expires 2030-01-31T12:00:00Z",
        "access-keys issue --user 4 --level full_access --name 'Nightly' --networks 192.0.2.0/24",
      ],
      like: ['POST /api/admin/access-keys/'],
      action: async () => (await import('./actions/access-keys.js')).issue,
    },
    {
      name: 'change',
      description: 'rename a key, say from where it works, or narrow what it may do',
      words: PREFIX,
      options: [
        text('--name <name>', 'what it is for'),
        choice('--level <level>', 'a narrower one', ACCESS_LEVELS),
        instant('--expires <instant>', 'an earlier end'),
        networks('from where alone it works'),
      ],
      examples: [
        'access-keys change qTizYIPb --level read_only',
        'access-keys change qTizYIPb --networks none',
      ],
      like: ['PATCH /api/admin/access-keys/{id}/'],
      action: async () => (await import('./actions/access-keys.js')).change,
    },
    {
      name: 'suspend',
      description: 'stop a key, for a time or until it is resumed',
      words: PREFIX,
      options: [instant('--until <instant>', 'when it works again by itself; left out: not before `resume`')],
      examples: ['access-keys suspend qTizYIPb', 'access-keys suspend qTizYIPb --until 2030-01-31T12:00:00Z'],
      like: ['POST /api/admin/access-keys/{id}/suspend/'],
      action: async () => (await import('./actions/access-keys.js')).suspend,
    },
    {
      name: 'resume',
      description: 'let a suspended key work again',
      words: PREFIX,
      examples: ['access-keys resume qTizYIPb'],
      like: ['POST /api/admin/access-keys/{id}/resume/'],
      action: async () => (await import('./actions/access-keys.js')).resume,
    },
    {
      name: 'rotate',
      description: 'make the successor of a key; it is shown this once',
      words: PREFIX,
      options: [
        new Option('--grace-seconds <seconds>', 'how long the old key outlives the first use of the new one'),
        instant('--expires <instant>', 'of the successor; left out: as long a life as the old one was given'),
      ],
      examples: ['access-keys rotate qTizYIPb --grace-seconds 3600'],
      like: ['POST /api/admin/access-keys/{id}/rotate/'],
      action: async () => (await import('./actions/access-keys.js')).rotate,
    },
    {
      name: 'revoke',
      description: 'end a key for good',
      words: PREFIX,
      options: [
        text('--reason <text>', 'kept with the key'),
        new Option('--include-successors', 'also the keys that succeeded it by rotation'),
        new Option(
          '--include-made',
          'also the keys that were made through it, those that succeeded them, and what these made',
        ),
      ],
      examples: ["access-keys revoke qTizYIPb --reason 'left the company' --include-successors"],
      like: ['POST /api/admin/access-keys/{id}/revoke/'],
      action: async () => (await import('./actions/access-keys.js')).revoke,
    },
    {
      name: 'made',
      description:
        'what was made through a key and what it led to: keys, grants, invitations, password links',
      words: PREFIX,
      examples: ['access-keys made qTizYIPb'],
      like: ['GET /api/admin/access-keys/{id}/made/'],
      action: async () => (await import('./actions/access-keys.js')).made,
    },
    {
      name: 'review',
      description: 'keys for an auditor, with what is wrong about each',
      options: [
        id('--user <id>', 'of this user'),
        id('--org <id>', 'confined to this organization'),
        choice('--status <status>', 'in this state', KEY_STATUSES),
        choice('--breach <breach>', 'live keys with this breach', BREACHES),
        choice('--format <format>', '`csv`: everything, as a spreadsheet takes it', ['csv']),
        ...LIST_OPTIONS,
      ],
      examples: [
        'access-keys review --breach unused_90_days',
        'access-keys review --format csv > review.csv',
      ],
      like: ['GET /api/admin/access-keys/review/'],
      action: async () => (await import('./actions/review.js')).review,
    },
    {
      name: 'bulk-revoke',
      description: 'count the keys that fit the filters; with the token of the count, revoke exactly these',
      options: [
        ...FILTERS,
        text('--search <words>', 'every word in name, prefix or e-mail'),
        required(text('--reason <text>', 'kept with each key')),
        text('--confirm-token <token>', 'of the count with the same filters; it holds for 10 minutes'),
      ],
      examples: [
        "access-keys bulk-revoke --user 4 --reason 'laptop stolen'",
        "access-keys bulk-revoke --user 4 --reason 'laptop stolen' --confirm-token …",
      ],
      like: ['POST /api/admin/access-keys/bulk-revoke/'],
      action: async () => (await import('./actions/bulk-revocation.js')).bulkRevoke,
    },
    {
      name: 'import',
      description: 'take over keys of another system; exit status 1 when a row was refused',
      words: [
        new Argument(
          '<file>',
          'NDJSON: prefix, hashed_key, user_email, organization?, access_level, name, created?, expires_at?, revoked?',
        ),
      ],
      options: [new Option('--dry-run', 'judge every line as an import does, and change nothing')],
      examples: ['access-keys import keys.ndjson --dry-run', 'access-keys import keys.ndjson'],
      action: async () => (await import('./actions/key-import.js')).importKeys,
    },
  ]);
}
