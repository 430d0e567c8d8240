/** Every permission there is: the codename is API. Grouped by category, as `GET /api/orgs/{org_pk}/permissions/` shows them. */
export const PERMISSION_CATEGORIES = [
  {
    category: 'Organization',
    permissions: [
      { codename: 'organization.view', description: 'See the organization and its policy.' },
      { codename: 'organization.update', description: 'Rename the organization and change its policy.' },
    ],
  },
  {
    category: 'Members',
    permissions: [
      { codename: 'member.view', description: 'See who belongs to the organization.' },
      { codename: 'member.manage', description: 'Invite and remove members and change their roles.' },
    ],
  },
  {
    category: 'Roles',
    permissions: [
      { codename: 'role.view', description: 'See the roles and what they permit.' },
      { codename: 'role.manage', description: 'Define, change and delete custom roles.' },
    ],
  },
  {
    category: 'Access keys',
    permissions: [
      { codename: 'access_key.issue', description: 'Issue access keys for oneself, under the policy.' },
      { codename: 'access_key.view', description: 'See the access keys of all members.' },
      {
        codename: 'access_key.manage',
        description: 'Revoke the access keys of all members, and decide who gets one that asks.',
      },
    ],
  },
  {
    category: 'Provider keys',
    permissions: [
      { codename: 'provider_key.view', description: 'See the provider keys, masked.' },
      {
        codename: 'provider_key.manage',
        description: 'Store, change, check, disable and delete provider keys.',
      },
      { codename: 'provider_key.use', description: 'Call the providers with the stored keys.' },
      { codename: 'call_summary.view', description: 'See how often each provider key was used, by day.' },
    ],
  },
  {
    category: 'Audit',
    permissions: [{ codename: 'audit_event.view', description: 'Read and export the audit log.' }],
  },
] as const;

export type Permission = (typeof PERMISSION_CATEGORIES)[number]['permissions'][number]['codename'];

export const PERMISSIONS: readonly Permission[] = PERMISSION_CATEGORIES.flatMap(({ permissions }) =>
  permissions.map(({ codename }) => codename),
);
