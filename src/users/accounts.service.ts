import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { Repository } from 'typeorm';
import type { Actor, Principal } from '../access/principal.js';
import { RefusalLog } from '../audit/refusals/refusal-log.js';
import { canonicalEmail } from '../common/canonical-email.js';
import { NoActiveAccount } from '../common/errors.js';
import type { LogInBody } from './log-in.dto.js';
import { PasswordHasher } from './password-hasher.js';
import { User } from './user.entity.js';

/** Proves that somebody is the owner of an account, by e-mail and password. */
@Injectable()
export class AccountsService {
  constructor(
    @InjectRepository(User) private readonly users: Repository<User>,
    private readonly hasher: PasswordHasher,
    private readonly refusals: RefusalLog,
  ) {}

  /**
   * The active account with this e-mail and password, as it was when the password was compared: who opens something for
   * it must check that the authentication epoch is still the same. Unknown, without a password, wrong and inactive cost
   * one hash each and are answered alike; the audit log is told which. Errors: NoActiveAccount, Throttled.
   */
  async authenticate(by: Actor, details: LogInBody): Promise<User> {
    const user = await this.users
      .createQueryBuilder('u')
      .addSelect('u.passwordHash')
      .where('u.email = :email', { email: canonicalEmail(details.email) })
      .getOne();
    const matches = await this.hasher.matches(details.password, user?.passwordHash ?? null);
    if (user && matches && user.isActive) {
      await this.modernize(user, details.password);
      return user;
    }
    const reason = !user
      ? 'unknown_email'
      : user.passwordHash === null
        ? 'no_password'
        : matches
          ? 'user_inactive'
          : 'wrong_password';
    throw this.refused(by, reason, user);
  }

  /** The caller's own account. */
  get({ userId }: Principal): Promise<User> {
    return this.users.findOneByOrFail({ id: userId });
  }

  /** Notes a failed attempt for the audit log; gives the error to throw. */
  refused(by: Actor, reason: string, user: Pick<User, 'id'> | null): NoActiveAccount {
    this.refusals.add({ by, action: 'login.failed', reason, userId: user?.id ?? null });
    return new NoActiveAccount(reason);
  }

  /** Renews a hash of another cost, unless the password was changed meanwhile: then the new one stands. */
  private async modernize({ id, passwordHash }: User, password: string): Promise<void> {
    if (passwordHash === null || !this.hasher.isOutdated(passwordHash)) return;
    await this.users.update({ id, passwordHash }, { passwordHash: await this.hasher.hash(password) });
  }
}
