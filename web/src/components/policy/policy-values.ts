import type { components } from '../../api/schema';
import { t, tPolicy } from '../../strings/strings';
import { networksOf, textOf } from '../networks-input';

type Schemas = components['schemas'];
/** An organization as far as its settings go: its own members and staff see it alike. */
export type Governed = Pick<Schemas['OrganizationAnswer'], 'name' | 'policy'>;
export type SettingsChange = Schemas['ChangeOrganizationBody'];

/** The settings as the form holds them. */
export interface Values {
  name: string;
  selfServe: boolean;
  longestLife: number;
  userWide: boolean;
  enforce: boolean;
  longestUnused: number | null;
  /** As typed, one a line. */
  networks: string;
}

export type Setting = keyof Values;

export const valuesOf = ({ name, policy }: Governed): Values => ({
  name,
  selfServe: policy.self_serve_keys,
  longestLife: policy.longest_key_lifetime_days,
  userWide: policy.allow_user_wide_keys,
  enforce: policy.enforce_on_use,
  longestUnused: policy.longest_unused_days,
  networks: textOf(policy.allowed_networks),
});

/** The settings in which two differ. */
export function differences(one: Values, other: Values): Setting[] {
  return (Object.keys(one) as Setting[]).filter((setting) => one[setting] !== other[setting]);
}

/** Only what was edited is sent: what somebody else set stays. */
export function changeOf(values: Values, edited: readonly Setting[]): SettingsChange {
  const policy = {
    ...(edited.includes('selfServe') && { self_serve_keys: values.selfServe }),
    ...(edited.includes('longestLife') && { longest_key_lifetime_days: values.longestLife }),
    ...(edited.includes('userWide') && { allow_user_wide_keys: values.userWide }),
    ...(edited.includes('enforce') && { enforce_on_use: values.enforce }),
    ...(edited.includes('longestUnused') && { longest_unused_days: values.longestUnused }),
    ...(edited.includes('networks') && { allowed_networks: networksOf(values.networks) }),
  };
  return {
    ...(edited.includes('name') && { name: values.name }),
    ...(Object.keys(policy).length > 0 && { policy }),
  };
}

/** The named settings of some values. */
export function pick(values: Values, settings: readonly Setting[]): Partial<Values> {
  return Object.fromEntries(settings.map((setting) => [setting, values[setting]]));
}

/** A setting's value in words. */
export function inWords(value: Values[Setting]): string {
  if (value === null || value === '') return t.common.none;
  if (typeof value === 'boolean') return value ? tPolicy.on : tPolicy.off;
  return String(value).replaceAll('\n', ', ');
}
