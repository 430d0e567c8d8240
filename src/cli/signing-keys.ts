import { Argument, type Command } from 'commander';
import { defineCommands } from './command.js';
import { required, text } from './options.js';

/** `cli signing-keys …`: docs/operations.md, "Rolling the signing key". */
export function define(group: Command): void {
  defineCommands(group, [
    {
      name: 'list',
      description: 'the keys that verify our tokens, the one that signs first',
      examples: ['signing-keys list'],
      alone: async () => (await import('./actions/signing-keys.js')).list,
    },
    {
      name: 'add',
      description:
        'make a key that verifies but does not sign yet; restart all services with it, then rotate',
      examples: ['signing-keys add'],
      alone: async () => (await import('./actions/signing-keys.js')).add,
    },
    {
      name: 'rotate',
      description: 'let another key sign, once all services verify with it; then restart them again',
      options: [required(text('--to <kid>', 'the key that signs from then on'))],
      examples: ['signing-keys rotate --to 5f3c9a1b2d4e6f70'],
      alone: async () => (await import('./actions/signing-keys.js')).rotate,
    },
    {
      name: 'retire',
      description: 'take a key out that signs no more; tokens that it signed are refused then',
      words: [new Argument('<kid>', 'of the key, as `signing-keys list` names it')],
      examples: ['signing-keys retire 0a1b2c3d4e5f6071'],
      alone: async () => (await import('./actions/signing-keys.js')).retire,
    },
  ]);
}
