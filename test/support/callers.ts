import type { SystemRole } from '../../src/access/system-roles.js';
import type { AccessLevel } from '../../src/access/access-level.js';
import type { TestApp } from './app.js';
import type { Client } from './client.js';
import type { MadeUser } from './factory.js';
import { sessionOf } from './sign-in.js';

/** A user and a client that calls as that user, with a full key unless told otherwise. */
export interface Caller extends MadeUser {
  readonly api: Client;
}

export async function caller(test: TestApp, user?: MadeUser, level?: AccessLevel): Promise<Caller> {
  const made = user ?? (await test.make.user());
  const { key } = await test.make.accessKey(made, level && { level });
  return { ...made, api: test.api.as({ key }) };
}

/** A member of an organization, with a system role by name or a custom one by id, and a client of theirs. */
export async function callingMember(
  test: TestApp,
  organization: { id: number },
  role: SystemRole | number,
  user?: MadeUser,
): Promise<Caller & { memberId: number }> {
  const member = await test.make.member(organization, role, user);
  return { ...(await caller(test, member)), memberId: member.memberId };
}

/** A member of our own staff, signed in. */
export async function callingStaff(test: TestApp): Promise<Caller> {
  const user = await test.make.user({ staff: true });
  return { ...user, api: test.api.as(await sessionOf(test, user)) };
}
