/** Whether a key is dead for good. */
export const isDead = ({ status }: { readonly status: string }): boolean =>
  status === 'revoked' || status === 'expired';
