import { tOrganization } from '../strings/strings';
import type { KeyCalls } from './queries';

/** A provider key as a person calls it. */
export function nameOf({ name, key_type }: Pick<KeyCalls, 'name' | 'key_type'>): string {
  const provider = tOrganization.providers[key_type];
  return name ? `${provider}: ${name}` : provider;
}
