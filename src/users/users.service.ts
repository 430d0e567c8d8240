import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { type EntityManager, In, Repository } from 'typeorm';
import type { Actor } from '../access/principal.js';
import type { Subject } from '../acts/act.js';
import { Acts } from '../acts/acts.js';
import { asOperator, asStaff } from '../acts/authority.js';
import { canonicalEmail } from '../common/canonical-email.js';
import { refusingDuplicates } from '../common/database-errors.js';
import { type ExpectedVersions, writeAtVersion } from '../common/edit-version.js';
import { Conflict, NotFound, PermissionDenied } from '../common/errors.js';
import type { ListColumns } from '../common/list-order.js';
import { applySearch, type Page } from '../common/list.js';
import { countRows, longListPage } from '../common/long-list.js';
import { validated } from '../common/validated.js';
import { User } from './user.entity.js';
import { holdUserAlone } from './user-rows.js';
import { CreateUserBody, type ChangeUserBody, type UserListQuery } from './users.dto.js';

const ORDER: ListColumns = {
  orderable: { id: 'u.id', email: 'u.email', name: 'u.name', created_at: 'u.createdAt' },
  defaultOrder: 'id',
  tieBreaker: 'u.id',
};

/** Accounts: made by staff or at the command line, deactivated and never deleted. */
@Injectable()
export class UsersService {
  constructor(
    @InjectRepository(User) private readonly users: Repository<User>,
    private readonly acts: Acts,
  ) {}

  /** How many users there are, active or not. */
  count(): Promise<number> {
    return this.users.count();
  }

  /**
   * Makes an account without a password: a one-time link starts it. Errors: InvalidInput for a bad e-mail or name, or
   * an e-mail that is taken in any spelling.
   */
  async create(by: Actor, input: CreateUserBody & { isStaff?: boolean }): Promise<User> {
    const { email, name } = await validated(CreateUserBody, input);
    return this.acts.run(asStaff(by), async (act) => {
      const user = act.manager.create(User, { email, name, isStaff: input.isStaff ?? false });
      await refusingDuplicates(act.manager.insert(User, user));
      await act.record('user.created', subjectOf(user), { email, name, is_staff: user.isStaff });
      return user;
    });
  }

  /** The account with this e-mail, in any spelling of it. */
  findByEmail(email: string): Promise<User | null> {
    return this.users.findOneBy({ email: canonicalEmail(email) });
  }

  /**
   * Ends everything that the user holds, at once: nothing of an inactive user opens anything, and the authentication
   * epoch rises, so that no session or token family revives with the account. Repeating it changes nothing. Errors:
   * NotFound; PermissionDenied for one of staff through a key; Conflict `last_staff`.
   */
  deactivate(by: Actor, userId: number): Promise<User> {
    return this.setActive(by, userId, false);
  }

  /**
   * Lets a deactivated user in again, with the access keys that were not revoked meanwhile; sessions and tokens of
   * before stay dead. Repeating it changes nothing. Errors: NotFound; PermissionDenied for one of staff through a key.
   */
  activate(by: Actor, userId: number): Promise<User> {
    return this.setActive(by, userId, true);
  }

  /** All users, for staff. */
  listAll(query: UserListQuery): Promise<Page<User>> {
    const builder = this.users.createQueryBuilder('u');
    if (query.is_active !== undefined) builder.andWhere('u.isActive = :is_active', query);
    if (query.is_staff !== undefined) builder.andWhere('u.isStaff = :is_staff', query);
    applySearch(builder, query.search, ['u.email', 'u.name']);
    return longListPage(builder, query, ORDER, {
      read: (ids) => this.users.findBy({ id: In(ids) }),
      total: () => countRows(builder),
    });
  }

  /** Any user, for staff. Errors: NotFound. */
  getAsStaff(id: number): Promise<User> {
    return getUser(this.users.manager, id);
  }

  /** Renames a user. Errors: NotFound, Conflict `edit_conflict`. */
  change(by: Actor, id: number, { name }: ChangeUserBody, versions?: ExpectedVersions): Promise<User> {
    return this.acts.run(asStaff(by), async (act) => {
      const { manager } = act;
      await getUser(manager, id);
      const write = manager
        .createQueryBuilder()
        .update(User)
        .set({ version: () => 'version + 1', ...(name !== undefined && { name }) })
        .where('id = :id', { id });
      await writeAtVersion(write, versions);
      const user = await getUser(manager, id);
      await act.record('user.changed', subjectOf(user), { ...(name !== undefined && { name }) });
      return user;
    });
  }

  /** Whether there is such a user, for staff. */
  exists(_scope: unknown, id: number): Promise<boolean> {
    return this.users.existsBy({ id });
  }

  /**
   * Makes a user one of our own staff, or no longer: the operator at the command line alone does that (contract §2). Sessions and
   * tokens of before end; keys go on, and open what their user may open now. Repeating it changes nothing. Errors: NotFound;
   * Conflict `last_staff`.
   */
  setStaff(id: number, isStaff: boolean): Promise<User> {
    return this.acts.run(asOperator(), async (act) => {
      const { manager } = act;
      const { before, isLastOfStaff } = await holdWithStaff(manager, id);
      if (before.isStaff === isStaff) return before;
      if (isLastOfStaff) {
        throw new Conflict('last_staff', 'The last active member of staff has to stay one.');
      }
      const raised = { version: () => 'version + 1', authEpoch: () => 'auth_epoch + 1' };
      await manager.update(User, { id }, { isStaff, ...raised });
      await act.record(isStaff ? 'user.staff_added' : 'user.staff_removed', subjectOf(before));
      return getUser(manager, id);
    });
  }

  private setActive(by: Actor, id: number, isActive: boolean): Promise<User> {
    return this.acts.run(asStaff(by), async (act) => {
      const { manager } = act;
      const { before, isLastOfStaff } = await holdWithStaff(manager, id);
      await act.judge(); // now, for whoever shuts out themselves
      if (before.isStaff && by.credential?.scheme === 'access_key') {
        throw new PermissionDenied('Staff are activated and deactivated by session or JWT.');
      }
      if (before.isActive === isActive) return before;
      if (isLastOfStaff) {
        throw new Conflict('last_staff', 'The last active member of staff can not be deactivated.');
      }
      await manager.update(
        User,
        { id },
        {
          isActive,
          version: () => 'version + 1',
          ...(!isActive && { authEpoch: () => 'auth_epoch + 1' }),
        },
      );
      await act.record(isActive ? 'user.activated' : 'user.deactivated', subjectOf(before));
      return getUser(manager, id);
    });
  }
}

/** A user and all active staff, held until the transaction ends: whoever is the last stays so. Errors: NotFound. */
async function holdWithStaff(
  manager: EntityManager,
  id: number,
): Promise<{ before: User; isLastOfStaff: boolean }> {
  const staff = await holdActiveStaff(manager);
  const before = await holdUserAlone(manager, id);
  if (!before) throw new NotFound();
  return { before, isLastOfStaff: staff.length === 1 && staff[0] === id };
}

function subjectOf({ id }: User): Subject {
  return { type: 'user', id, userId: id };
}

/** The ids of all active staff, held as they are until the transaction ends: of the last two, one stays. */
async function holdActiveStaff(manager: EntityManager): Promise<number[]> {
  const staff = await manager.find(User, {
    select: { id: true },
    where: { isStaff: true, isActive: true },
    order: { id: 'ASC' },
    lock: { mode: 'for_no_key_update' },
  });
  return staff.map(({ id }) => id);
}

async function getUser(manager: EntityManager, id: number): Promise<User> {
  const user = await manager.findOneBy(User, { id });
  if (!user) throw new NotFound();
  return user;
}
