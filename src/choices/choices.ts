import { ACCESS_LEVELS, type AccessLevel } from '../access/access-level.js';
import { KEY_TYPE_LABELS, KEY_TYPES } from '../access/key-types.js';
import { SYSTEM_ROLE_NAMES } from '../access/system-roles.js';

/** One of a fixed set: what the API takes, and what people read. */
export interface Choice {
  readonly value: string;
  readonly label: string;
}

const ACCESS_LEVEL_LABELS: Record<AccessLevel, string> = {
  read_only: 'Read-only',
  full_access: 'Full access',
};

/** Every set of choices, by its name in the API. */
export const CHOICES = {
  key_types: KEY_TYPES.map((value) => ({ value, label: KEY_TYPE_LABELS[value] })),
  access_levels: ACCESS_LEVELS.map((value) => ({ value, label: ACCESS_LEVEL_LABELS[value] })),
  roles: SYSTEM_ROLE_NAMES.map((value) => ({ value, label: value })),
} satisfies Record<string, readonly Choice[]>;

/** The choices of a name, or nothing. */
export function findChoices(name: string): readonly Choice[] | undefined {
  return Object.hasOwn(CHOICES, name) ? CHOICES[name as keyof typeof CHOICES] : undefined;
}
