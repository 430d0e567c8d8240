/** What pages are called, where they are listed and at their top. */
export const pages = {
  members: 'Members',
  roles: 'Roles',
  keys: 'Access keys',
  requests: 'Requests',
  providerKeys: 'Provider keys',
  usage: 'Usage',
  audit: 'Audit log',
  settings: 'Settings',
  organizations: 'Organizations',
  users: 'Users',
  allKeys: 'All access keys',
  grants: 'Grants',
};
