import { type Command, Option } from 'commander';
import { defineCommands } from './command.js';
import { LIST_OPTIONS, onOff, required, text } from './options.js';

const EMAIL = required(text('--email <email>', 'of the user, in any spelling'));

/** `cli users …` */
export function define(group: Command): void {
  defineCommands(group, [
    {
      name: 'list',
      description: 'people, oldest first',
      options: [
        onOff('--is-active <on|off>', 'those who may come in, or those who may not'),
        onOff('--is-staff <on|off>', 'our own staff, or everybody else'),
        ...LIST_OPTIONS,
      ],
      examples: ['users list --is-staff on', 'users list --search example.com --limit 20 --json'],
      like: ['GET /api/admin/users/'],
      action: async () => (await import('./actions/users.js')).list,
    },
    {
      name: 'show',
      description: 'one user',
      options: [EMAIL],
      examples: ['users show --email ada@example.com'],
      like: ['GET /api/admin/users/{id}/'],
      action: async () => (await import('./actions/users.js')).show,
    },
    {
      name: 'create',
      description: 'make a user; a password link lets them choose a password',
      options: [
        required(text('--email <email>', 'where they are reached; nobody else has it')),
        required(text('--name <name>', 'what they are called')),
        new Option('--staff', 'one of our own staff').default(false),
      ],
      examples: [
        'users create --email ada@example.com --name Ada',
        'users create --email op@example.com --name Op --staff',
      ],
      like: ['POST /api/admin/users/'],
      action: async () => (await import('./actions/users.js')).create,
    },
    {
      name: 'rename',
      description: 'give a user another name',
      options: [EMAIL, required(text('--name <name>', 'what they are called from now on'))],
      examples: ["users rename --email ada@example.com --name 'Ada L.'"],
      like: ['PATCH /api/admin/users/{id}/'],
      action: async () => (await import('./actions/users.js')).rename,
    },
    {
      name: 'deactivate',
      description: 'end all of a user’s sessions, tokens and keys at once',
      options: [EMAIL],
      examples: ['users deactivate --email ada@example.com'],
      like: ['POST /api/admin/users/{id}/deactivate/'],
      action: async () => (await import('./actions/users.js')).deactivate,
    },
    {
      name: 'activate',
      description: 'let a deactivated user in again; keys that were not revoked work again',
      options: [EMAIL],
      examples: ['users activate --email ada@example.com'],
      like: ['POST /api/admin/users/{id}/activate/'],
      action: async () => (await import('./actions/users.js')).activate,
    },
    {
      name: 'add-staff',
      description: 'make a user one of our own staff; they sign in anew',
      options: [EMAIL],
      examples: ['users add-staff --email ada@example.com'],
      action: async () => (await import('./actions/users.js')).addStaff,
    },
    {
      name: 'remove-staff',
      description: 'make one of our own staff an ordinary user; they sign in anew',
      options: [EMAIL],
      examples: ['users remove-staff --email ada@example.com'],
      action: async () => (await import('./actions/users.js')).removeStaff,
    },
    {
      name: 'password-link',
      description: 'a one-time link with which a user chooses a password; it holds for 24 hours',
      options: [EMAIL],
      examples: ['users password-link --email ada@example.com'],
      like: ['POST /api/admin/users/{id}/password-link/'],
      action: async () => (await import('./actions/users.js')).passwordLink,
    },
  ]);
}
