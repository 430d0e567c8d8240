const keys = (count: number) => (count === 1 ? 'one key' : `${count} keys`);

/** What an organization allows its members to do with keys. */
export const policy = {
  title: 'Policy for access keys',
  labels: {
    name: 'Name',
    selfServe: 'Members issue keys for themselves',
    longestLife: 'Longest life of a key',
    userWide: 'User-wide keys reach this organization',
    enforce: 'Block keys that are against the policy',
    longestUnused: 'Longest time without use',
    networks: 'Networks',
  },
  selfServeHelp: 'Otherwise they ask, and a manager or the staff decide.',
  userWideHelp: 'Keys that name no organization act for their user everywhere that allows it.',
  longestLifeHelp: 'Of a key that a member issues or rotates.',
  longestUnusedHelp: 'A key that is unused for longer is against the policy.',
  however: 'No limit',
  days: ' days',
  networksHelp:
    'It is reached from these alone, by people and by keys, one a line, like 192.0.2.0/24. Empty: from everywhere.',
  enforceHelp: 'Also keys that exist already. A blocked key works again once the policy allows it.',
  nobodyBlocked: 'Every live key is within this policy.',
  blocked: (count: number) => `The policy blocks ${keys(count)}`,
  wouldBeBlocked: (count: number) =>
    count === 1
      ? 'One key is against this policy, and would be blocked by it'
      : `${count} keys are against this policy, and would be blocked by it`,
  keyOf: (name: string, email: string) => `${name}, of ${email}`,
  more: (count: number) => `and ${keys(count)} more`,
  showBlocked: 'Show them',
  nowTitle: 'Somebody else has changed these settings',
  now: (label: string, value: string) => `${label}: now ${value}`,
  keepMine: 'Go on with my changes',
  on: 'on',
  off: 'off',
  issuingHelp: 'In an emergency, stop every new key at once. What exists works on.',
  stoppedHelp: 'Somebody stopped issuing. What exists works on.',
  issuing: {
    organization: {
      allowed: 'Keys can be issued and rotated',
      stopped: 'No key can be issued or rotated',
      stop: 'Stop issuing',
      stopTitle: 'Stop issuing keys?',
      stopHelp:
        'Every new key and every rotation is refused, with all members and through the API, until it is allowed again.',
      allow: 'Allow issuing',
      allowTitle: 'Allow issuing keys again?',
      allowHelp: 'Members issue and rotate keys again, within the policy.',
    },
    everybody: {
      allowed: 'Keys can be issued and rotated',
      stopped: 'No key can be issued or rotated, by anybody',
      stop: 'Stop all issuing',
      stopTitle: 'Stop issuing keys for everybody?',
      stopHelp:
        'In every organization, and by the staff as well, every new key and every rotation is refused until it is allowed again.',
      allow: 'Allow all issuing',
      allowTitle: 'Allow issuing keys again, for everybody?',
      allowHelp: 'Keys are issued and rotated again, where the organization allows it.',
    },
  },
};
