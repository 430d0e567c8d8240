import type { Command } from 'commander';
import { defineCommands } from './command.js';
import { text } from './options.js';

/** `cli keyring …`: docs/adr/0020 tells the steps of a rotation. */
export function define(group: Command): void {
  defineCommands(group, [
    {
      name: 'add',
      description: 'make a key that opens but does not seal yet; start all services with it, then rotate',
      examples: ['keyring add'],
      alone: async () => (await import('./actions/keyring.js')).add,
    },
    {
      name: 'rotate',
      description: 'seal every provider key anew with the writer; may be interrupted and repeated',
      options: [text('--to <kid>', 'make this key the writer first')],
      examples: ['keyring rotate --to k1', 'keyring rotate'],
      alone: async () => (await import('./actions/keyring.js')).rotate,
    },
    {
      name: 'status',
      description: 'open every provider key, and tell how many are sealed under an old key',
      examples: ['keyring status'],
      alone: async () => (await import('./actions/keyring.js')).status,
    },
  ]);
}
