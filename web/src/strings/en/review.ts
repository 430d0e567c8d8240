/** What is said of access keys where somebody looks after those of others. */
export const review = {
  statuses: {
    active: 'Active',
    superseded: 'Rotated',
    suspended: 'Suspended',
    blocked: 'Blocked by policy',
    expired: 'Expired',
    revoked: 'Revoked',
  },
  levels: { read_only: 'Read only', full_access: 'Full access' },
  fine: 'Nothing to note',
  breaches: {
    never_used: 'Never used',
    unused_90_days: 'Unused for 90 days',
    no_expiry: 'No expiry',
    longer_than_policy: 'Longer than policy',
    against_policy: 'Against policy',
    user_wide: 'User-wide',
    owner_inactive: 'Owner inactive',
  },
  breachHelp: {
    never_used: 'Nobody has called with this key yet.',
    unused_90_days: 'Nobody has called with this key for 90 days or more.',
    no_expiry: 'This key works until somebody revokes it.',
    longer_than_policy: 'This key lives longer than the policy allows today.',
    against_policy: 'The policy of today would not allow this key.',
    user_wide: 'This key reaches every organization of its user that allows such keys.',
    owner_inactive: 'Its user is deactivated, or no longer a member: the key opens nothing.',
  },
};
