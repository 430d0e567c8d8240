import type { Command } from 'commander';
import { defineCommands } from './command.js';
import { id, LIST_OPTIONS, onOff, required, text } from './options.js';

const ORG = required(id('--org <id>', 'the organization'));

/** `cli orgs …` */
export function define(group: Command): void {
  defineCommands(group, [
    {
      name: 'list',
      description: 'organizations, oldest first',
      options: [
        onOff('--disabled <on|off>', 'those that are disabled, or those that aren’t'),
        ...LIST_OPTIONS,
      ],
      examples: ['orgs list', 'orgs list --disabled on --json'],
      like: ['GET /api/admin/orgs/'],
      action: async () => (await import('./actions/organizations.js')).list,
    },
    {
      name: 'show',
      description: 'one organization with its policy',
      options: [ORG],
      examples: ['orgs show --org 2'],
      like: ['GET /api/admin/orgs/{id}/'],
      action: async () => (await import('./actions/organizations.js')).show,
    },
    {
      name: 'create',
      description: 'make an organization, without members',
      options: [required(text('--name <name>', 'what it is called'))],
      examples: ['orgs create --name Northwind'],
      like: ['POST /api/admin/orgs/'],
      action: async () => (await import('./actions/organizations.js')).create,
    },
    {
      name: 'rename',
      description: 'give an organization another name',
      options: [ORG, required(text('--name <name>', 'what it is called from now on'))],
      examples: ['orgs rename --org 2 --name Northwind'],
      like: ['PATCH /api/admin/orgs/{id}/'],
      action: async () => (await import('./actions/organizations.js')).rename,
    },
    {
      name: 'disable',
      description: 'take an organization away from everybody but staff, with all that is in it',
      options: [ORG],
      examples: ['orgs disable --org 2'],
      like: ['PATCH /api/admin/orgs/{id}/'],
      action: async () => (await import('./actions/organizations.js')).disable,
    },
    {
      name: 'enable',
      description: 'give a disabled organization back',
      options: [ORG],
      examples: ['orgs enable --org 2'],
      like: ['PATCH /api/admin/orgs/{id}/'],
      action: async () => (await import('./actions/organizations.js')).enable,
    },
  ]);
}
