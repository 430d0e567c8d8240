import type { Command } from 'commander';
import { KEY_TYPES } from '../access/key-types.js';
import { KEY_HEALTH } from '../provider-keys/key-health.js';
import { defineCommands } from './command.js';
import { choice, id, LIST_OPTIONS, onOff, required } from './options.js';

/** `cli provider-keys …` */
export function define(group: Command): void {
  defineCommands(group, [
    {
      name: 'list',
      description: 'the provider keys of an organization: masks, state and use, never a secret',
      options: [
        required(id('--org <id>', 'the organization')),
        choice('--key-type <type>', 'of this provider', KEY_TYPES),
        onOff('--enabled <on|off>', 'those that calls may take, or those that are retired'),
        onOff('--preferred <on|off>', 'those that calls take'),
        choice('--health <health>', 'of which calls last showed this', KEY_HEALTH),
        ...LIST_OPTIONS,
      ],
      examples: ['provider-keys list --org 2', 'provider-keys list --org 2 --health bad_key --json'],
      action: async () => (await import('./actions/provider-keys.js')).list,
    },
  ]);
}
