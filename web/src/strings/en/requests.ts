import { pages } from './pages';

/** What is said of requests for access keys where somebody decides them. */
export const requests = {
  title: pages.requests,
  key: 'Key',
  by: 'Asked by',
  level: 'Level',
  expires: 'Expires',
  asked: 'Asked',
  status: 'Status',
  statuses: {
    open: 'To decide',
    approved: 'Approved',
    declined: 'Declined',
    cancelled: 'Taken back',
    lapsed: 'Lapsed',
    void: 'Void',
  },
  allStatuses: 'All statuses',
  actions: 'Actions',
  own: 'Yours: somebody else decides',
  empty: 'Nobody has asked for a key',
  emptyHelp: 'When a member does, you approve or decline it here.',
  approve: 'Approve',
  approveTitle: (name: string) => `Approve ${name}?`,
  approveHelp:
    'You may give less than was asked for, never more. Whoever asked makes the key; nobody else ever sees it.',
  asAsked: 'As asked for',
  inDays: (days: number) => `In ${days} days`,
  decline: 'Decline',
  declineTitle: (name: string) => `Decline ${name}?`,
  reason: 'Reason',
  reasonHelp: 'Whoever asked reads it.',
};
