import type { Command } from 'commander';
import { MEMBER_STATUSES } from '../organizations/member-status.js';
import { defineCommands } from './command.js';
import { choice, id, LIST_OPTIONS, required, text } from './options.js';

const ORG = required(id('--org <id>', 'the organization'));
const MEMBER = required(id('--member <id>', 'the membership, as `members list` names it'));
const ROLE = required(
  text('--role <name>', 'Owner, Administrator, Analyst, Viewer, or a role of the organization'),
);

/** `cli members …` */
export function define(group: Command): void {
  defineCommands(group, [
    {
      name: 'list',
      description: 'the members of an organization, and who is invited',
      options: [
        ORG,
        choice('--status <status>', 'members, or who is invited', MEMBER_STATUSES),
        id('--role <id>', 'those with this role'),
        id('--user <id>', 'this user'),
        ...LIST_OPTIONS,
      ],
      examples: ['members list --org 2', 'members list --org 2 --status invited --json'],
      like: ['GET /api/admin/orgs/{id}/members/'],
      action: async () => (await import('./actions/members.js')).list,
    },
    {
      name: 'show',
      description: 'one member',
      options: [ORG, MEMBER],
      examples: ['members show --org 2 --member 7'],
      like: ['GET /api/admin/orgs/{id}/members/{member_id}/'],
      action: async () => (await import('./actions/members.js')).show,
    },
    {
      name: 'add',
      description: 'make a user a member, without an invitation',
      options: [ORG, required(id('--user <id>', 'the user')), ROLE],
      examples: ['members add --org 2 --user 4 --role Owner'],
      like: ['POST /api/admin/orgs/{id}/members/'],
      action: async () => (await import('./actions/members.js')).add,
    },
    {
      name: 'change',
      description: 'give a member, or an invited one, another role',
      options: [ORG, MEMBER, ROLE],
      examples: ['members change --org 2 --member 7 --role Viewer'],
      like: ['PATCH /api/admin/orgs/{id}/members/{member_id}/'],
      action: async () => (await import('./actions/members.js')).change,
    },
    {
      name: 'remove',
      description: 'end a membership, or withdraw an invitation',
      options: [ORG, MEMBER],
      examples: ['members remove --org 2 --member 7'],
      like: ['DELETE /api/admin/orgs/{id}/members/{member_id}/'],
      action: async () => (await import('./actions/members.js')).remove,
    },
  ]);
}
