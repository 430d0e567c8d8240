import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { type EntityManager, Repository } from 'typeorm';
import type { Actor } from '../access/principal.js';
import { AuditService } from '../audit/audit.service.js';
import { refusingDuplicates } from '../common/database-errors.js';
import { NotFound } from '../common/errors.js';
import { validated } from '../common/validation.pipe.js';
import { canonicalEmail } from './email.js';
import { User } from './user.entity.js';
import { NewUser } from './users.dto.js';

/** Accounts: made by staff or at the command line, deactivated and never deleted. */
@Injectable()
export class UsersService {
  constructor(
    @InjectRepository(User) private readonly users: Repository<User>,
    private readonly audit: AuditService,
  ) {}

  /**
   * Makes an account without a password: a one-time link starts it. Errors: InvalidInput for a bad e-mail or name, or
   * an e-mail that is taken in any spelling.
   */
  async create(by: Actor, input: NewUser & { isStaff?: boolean }): Promise<User> {
    const { email, name } = await validated(NewUser, input);
    const user = this.users.create({ email, name, isStaff: input.isStaff ?? false });
    await this.users.manager.transaction(async (manager) => {
      await refusingDuplicates(manager.insert(User, user));
      await this.record(manager, by, 'user.created', user, { email, name, is_staff: user.isStaff });
    });
    return user;
  }

  /** The account with this e-mail, in any spelling of it. */
  findByEmail(email: string): Promise<User | null> {
    return this.users.findOneBy({ email: canonicalEmail(email) });
  }

  /**
   * Ends everything that the user holds, at once: nothing of an inactive user opens anything, and the authentication
   * epoch rises, so that no session or token family revives with the account. Repeating it changes nothing. Errors:
   * NotFound.
   */
  deactivate(by: Actor, userId: number): Promise<User> {
    return this.setActive(by, userId, false);
  }

  private setActive(by: Actor, id: number, isActive: boolean): Promise<User> {
    return this.users.manager.transaction(async (manager) => {
      const changed = await manager
        .createQueryBuilder()
        .update(User)
        .set({
          isActive,
          version: () => 'version + 1',
          ...(!isActive && { authEpoch: () => 'auth_epoch + 1' }),
        })
        .where('id = :id AND is_active <> :isActive', { id, isActive })
        .execute();
      const user = await manager.findOneBy(User, { id });
      if (!user) throw new NotFound();
      if (changed.affected) {
        await this.record(manager, by, isActive ? 'user.activated' : 'user.deactivated', user);
      }
      return user;
    });
  }

  private record(
    manager: EntityManager,
    by: Actor,
    action: string,
    { id }: User,
    details: Record<string, unknown> = {},
  ): Promise<void> {
    return this.audit.record(manager, { by, action, subject: { type: 'user', id }, userId: id, details });
  }
}
