import type { Command } from 'commander';
import { ACCESS_LEVELS } from '../access/access-level.js';
import { REQUEST_STATUSES } from '../api-access-keys/requests/request-status.js';
import { defineCommands } from './command.js';
import { choice, id, idWord, instant, LIST_OPTIONS, networks, required, text } from './options.js';

const REQUEST = [idWord('of the request')];

/** `cli requests …` */
export function define(group: Command): void {
  defineCommands(group, [
    {
      name: 'list',
      description: 'requests for access keys with their state, newest first',
      options: [
        id('--user <id>', 'of this user'),
        id('--org <id>', 'in this organization'),
        choice('--level <level>', 'for this access level', ACCESS_LEVELS),
        choice('--status <status>', 'in this state', REQUEST_STATUSES),
        ...LIST_OPTIONS,
      ],
      examples: ['requests list --status open'],
      like: ['GET /api/admin/access-key-requests/'],
      action: async () => (await import('./actions/requests.js')).list,
    },
    {
      name: 'show',
      description: 'one request',
      words: REQUEST,
      examples: ['requests show 12'],
      like: ['GET /api/admin/access-key-requests/{id}/'],
      action: async () => (await import('./actions/requests.js')).show,
    },
    {
      name: 'approve',
      description: 'let whoever asked make the key, as they asked for it or narrower',
      words: REQUEST,
      options: [
        choice('--level <level>', 'less than was asked for', ACCESS_LEVELS),
        instant('--expires <instant>', 'sooner than was asked for'),
        networks('from where alone the key works, within what was asked for'),
      ],
      examples: ['requests approve 12', 'requests approve 12 --level read_only'],
      like: ['POST /api/admin/access-key-requests/{id}/approve/'],
      action: async () => (await import('./actions/requests.js')).approve,
    },
    {
      name: 'decline',
      description: 'refuse a request',
      words: REQUEST,
      options: [required(text('--reason <text>', 'why; whoever asked reads it'))],
      examples: ["requests decline 12 --reason 'Use the key that you have.'"],
      like: ['POST /api/admin/access-key-requests/{id}/decline/'],
      action: async () => (await import('./actions/requests.js')).decline,
    },
  ]);
}
