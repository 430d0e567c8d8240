const keys = (count: number) => `${count} ${count === 1 ? 'key' : 'keys'}`;

/** What is said where many keys are revoked at once. */
export const bulk = {
  open: 'Revoke many',
  title: 'Revoke many keys',
  lead: 'First count the keys that fit, then revoke exactly those. What is issued in between is left alone.',
  which: 'Which keys',
  search: 'In the name, prefix or e-mail',
  status: 'Status',
  level: 'Access level',
  allLevels: 'All access levels',
  organization: 'Organization',
  allOrganizations: 'All organizations',
  use: 'Last use',
  uses: { never: 'Never used', 30: 'Used, but not for 30 days', 90: 'Used, but not for 90 days' } as Readonly<
    Record<string, string>
  >,
  anyUse: 'Whenever used',
  reason: 'Reason',
  reasonHelp: 'Kept with each key; its user reads it.',
  count: 'Count them',
  counted: (count: number) => `${keys(count)} would be revoked`,
  none: 'No key fits',
  noneHelp: 'Ask for less, or for something else.',
  userWide: (count: number) =>
    `${keys(count)} more ${count === 1 ? 'fits' : 'fit'}, but ${count === 1 ? 'is' : 'are'} user-wide: only its user or the staff can revoke such a key. The policy can shut them out.`,
  byStatus: 'By status',
  byLevel: 'By access level',
  byUse: 'By last use',
  byUser: 'By user',
  keyCount: 'Keys',
  lastUses: {
    never: 'Never',
    last_24_hours: 'In the last 24 hours',
    last_30_days: 'In the last 30 days',
    longer_ago: 'Longer ago',
  } as Readonly<Record<string, string>>,
  everyOrganization: 'all organizations',
  type: (name: string) => `Type “${name}” to go on`,
  typeHelp: 'This ends them for good, with the next request that is made with any of them.',
  revoke: (count: number) => `Revoke ${keys(count)}`,
  done: (count: number) => `${keys(count)} ${count === 1 ? 'was' : 'were'} revoked`,
  doneVanished: (count: number) =>
    `${keys(count)} no longer fitted when it was their turn, and ${count === 1 ? 'was' : 'were'} left as ${count === 1 ? 'it was' : 'they were'}.`,
  doneEnded: (count: number) => `${count} more ${count === 1 ? 'thing' : 'things'} ended with them.`,
  again: 'Revoke others',
};
