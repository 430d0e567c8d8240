import type { Document } from './document.js';

interface Tag {
  readonly name: string;
  readonly description: string;
}

/** The chapters of the document, in the order in which a reader needs them. A new one needs its line here;
 * contract/api-document.spec.ts says so. */
export const TAGS: readonly Tag[] = [
  {
    name: 'Organizations',
    description: 'Where a caller can act, and what an organization demands of its keys.',
  },
  {
    name: 'My access keys',
    description: 'What authenticates a caller to us: issue, rotate, suspend, revoke.',
  },
  { name: 'This access key', description: 'What a key can do to itself: look, rotate, revoke.' },
  { name: 'Access keys of an organization', description: 'What managers see and revoke.' },
  {
    name: 'Presented access keys',
    description: 'For whoever holds a key: why does it not work, and it leaked.',
  },
  { name: 'Accounts', description: 'Who am I, and passwords.' },
  { name: 'Tokens', description: 'Short-lived JWTs for an e-mail and a password.' },
  { name: 'Sessions', description: 'The web app’s way in.' },
  { name: 'Members', description: 'Users in an organization, each with one role.' },
  { name: 'Invitations', description: 'Of the caller, to organizations.' },
  { name: 'Roles', description: 'What members may do.' },
  { name: 'Provider keys', description: 'What authenticates us to third parties, sealed and masked.' },
  { name: 'Provider calls', description: 'Calls to third parties with the stored keys.' },
  { name: 'Choices', description: 'Fixed sets of words, for forms.' },
  { name: 'Checks', description: 'What gateways and other services ask us.' },
  { name: 'MCP', description: 'Tools for assistants, over the same services.' },
  { name: 'Staff: organizations', description: 'All organizations and their members.' },
  { name: 'Staff: users', description: 'All accounts.' },
  { name: 'Staff: access keys', description: 'All access keys.' },
  { name: 'Staff: access key requests', description: 'Keys that members ask for.' },
  { name: 'Staff: access key grants', description: 'Keys that only their user ever sees.' },
  { name: 'Staff: audit log', description: 'Who did what, everywhere.' },
  { name: 'Machines', description: 'Probes and figures.' },
];

/** The paths in the order of their chapters; what is in none of them comes last. */
export function byTag(paths: Document['paths']): Document['paths'] {
  const place = ([, item]: [string, Document['paths'][string]]): number => {
    const places = Object.values(item).map(({ tags = [] }) =>
      TAGS.findIndex(({ name }) => tags.includes(name)),
    );
    return Math.min(...places.map((at) => (at === -1 ? TAGS.length : at)));
  };
  return Object.fromEntries(Object.entries(paths).toSorted((a, b) => place(a) - place(b)));
}
