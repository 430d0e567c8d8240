/** Whether a key is dead for good. */
export const isDead = ({ status }: { readonly status: string }): boolean =>
  status === 'revoked' || status === 'expired';

/** The colour of each status of a key. */
export const STATUS_COLOURS: Readonly<Record<string, string>> = {
  active: 'teal',
  superseded: 'yellow',
  suspended: 'orange',
  blocked: 'red',
  expired: 'gray',
  revoked: 'gray',
};
