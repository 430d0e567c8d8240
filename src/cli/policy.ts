import type { Command } from 'commander';
import { defineCommands } from './command.js';
import { count, countOrNone, id, LIST_OPTIONS, networks, onOff, required } from './options.js';

const ORG = id('--org <id>', 'the organization');

/** `cli policy …`: what organizations, and all of them, allow of access keys. */
export function define(group: Command): void {
  defineCommands(group, [
    {
      name: 'show',
      description: 'the policy of an organization, or what holds for all',
      options: [id('--org <id>', 'the organization; left out: what holds for all')],
      examples: ['policy show', 'policy show --org 2'],
      like: ['GET /api/admin/policy/', 'GET /api/admin/orgs/{id}/'],
      action: async () => (await import('./actions/policy.js')).show,
    },
    {
      name: 'set',
      description: 'change the policy of an organization; what is left out stays',
      options: [
        required(ORG),
        onOff('--self-serve-keys <on|off>', 'may members issue keys for themselves?'),
        count('--longest-key-lifetime-days <days>', 'the longest life of a key that a member issues'),
        onOff('--allow-user-wide-keys <on|off>', 'do keys that name no organization reach this one?'),
        onOff('--enforce-on-use <on|off>', 'does it hold for the keys that exist? See `preview` first'),
        countOrNone(
          '--longest-unused-days <days>',
          'after so long without use a key is not allowed; or `none`',
        ),
        networks('from where alone the organization is reachable'),
      ],
      examples: [
        'policy set --org 2 --longest-key-lifetime-days 90 --enforce-on-use on',
        'policy set --org 2 --networks 192.0.2.0/24,2001:db8::/32',
        'policy set --org 2 --networks none',
      ],
      like: ['PATCH /api/admin/orgs/{id}/'],
      action: async () => (await import('./actions/policy.js')).set,
    },
    {
      name: 'preview',
      description: 'the keys that the policy would block, or blocks, with `enforce-on-use`',
      options: [
        required(ORG),
        count('--longest-key-lifetime-days <days>', 'as if this were the longest life of a key'),
        count('--longest-unused-days <days>', 'as if this were the longest time without use'),
        ...LIST_OPTIONS,
      ],
      examples: ['policy preview --org 2', 'policy preview --org 2 --longest-key-lifetime-days 30'],
      like: ['GET /api/admin/access-keys/review/'],
      action: async () => (await import('./actions/policy.js')).preview,
    },
    {
      name: 'stop-issuing',
      description: 'no key is made or rotated any more; what exists works on',
      options: [id('--org <id>', 'in this organization; left out: in all')],
      examples: ['policy stop-issuing', 'policy stop-issuing --org 2'],
      like: ['PATCH /api/admin/policy/', 'PATCH /api/admin/orgs/{id}/'],
      action: async () => (await import('./actions/policy.js')).stopIssuing,
    },
    {
      name: 'allow-issuing',
      description: 'keys are made and rotated again',
      options: [id('--org <id>', 'in this organization; left out: in all that don’t stop it themselves')],
      examples: ['policy allow-issuing', 'policy allow-issuing --org 2'],
      like: ['PATCH /api/admin/policy/', 'PATCH /api/admin/orgs/{id}/'],
      action: async () => (await import('./actions/policy.js')).allowIssuing,
    },
  ]);
}
