import type { components } from '../api/schema';

export type KeyStatusWord = components['schemas']['AccessKeyStatus'];

/** Whether a key is dead for good. */
export const isDead = ({ status }: { readonly status: KeyStatusWord }): boolean =>
  status === 'revoked' || status === 'expired';

/** The colour of each status of a key. */
export const STATUS_COLOURS: Readonly<Record<KeyStatusWord, string>> = {
  active: 'teal',
  superseded: 'yellow',
  suspended: 'orange',
  blocked: 'red',
  expired: 'gray',
  revoked: 'gray',
};
