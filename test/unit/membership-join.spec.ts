import type { Principal } from '../../src/access/principal.js';
import { type MembershipRow, proven } from '../../src/auth/lookup/membership-join.js';

const principal: Principal = {
  userId: 7,
  isStaff: false,
  origin: { ip: null, userAgent: null, requestId: null },
  credential: { scheme: 'jwt', familyId: 1, expiresAt: new Date(0) },
};
const ROW: MembershipRow = {
  user_id: 7,
  is_staff: false,
  email: 'ann@example.com',
  role_name: 'Viewer',
  member_id: 1,
  member_organization_id: 2,
  role_id: 3,
  permissions: ['member.view'],
};

describe('The caller’s place in an organization', () => {
  it('is the membership with its role’s permissions, none if the role names none', () => {
    const place = { id: 1, organizationId: 2, userId: 7, roleId: 3, permissions: ['member.view'], principal };
    expect(proven(principal, ROW)).toMatchObject({ principal, membership: place });
    expect(proven(principal, { ...ROW, permissions: null }).membership?.permissions).toEqual([]);
  });

  it.each(['member_id', 'member_organization_id', 'role_id'])('is none at all without its %s', (column) => {
    expect(proven(principal, { ...ROW, [column]: null })).toMatchObject({
      principal,
      membership: undefined,
    });
  });
});
