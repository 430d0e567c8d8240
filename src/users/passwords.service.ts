import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { Repository } from 'typeorm';
import type { Principal } from '../access/principal.js';
import type { Act } from '../acts/act.js';
import { Acts } from '../acts/acts.js';
import { asOwner } from '../acts/authority.js';
import { RefusalLog } from '../audit/refusals/refusal-log.js';
import { Conflict, type FieldErrors, InvalidInput } from '../common/errors.js';
import { PasswordHasher } from './password-hasher.js';
import { newPasswordProblems } from './password-rules.js';
import { User } from './user.entity.js';
import { holdUserAlone } from './user-rows.js';

/** Choosing passwords. Every change raises the authentication epoch: sessions, token families and links of before end. */
@Injectable()
export class PasswordsService {
  constructor(
    @InjectRepository(User) private readonly users: Repository<User>,
    private readonly hasher: PasswordHasher,
    private readonly acts: Acts,
    private readonly refusals: RefusalLog,
  ) {}

  /**
   * Changes the caller's own password, which takes the current one (ASVS 6.2.3). The caller's own session or token ends
   * too. Errors: InvalidInput, Throttled, Conflict `password_changed` when another change came first.
   */
  async change(principal: Principal, current: string, wanted: string): Promise<void> {
    const user = await this.users
      .createQueryBuilder('u')
      .addSelect('u.passwordHash')
      .where('u.id = :userId', { userId: principal.userId })
      .getOneOrFail();
    const problems = await newPasswordProblems(wanted, user);
    if (!(await this.hasher.matches(current, user.passwordHash))) {
      const reason = 'wrong_password';
      this.refusals.add({ by: principal, action: 'password.refused', reason, userId: user.id });
      problems.current_password = ['Your current password was entered incorrectly.'];
    }
    refuse(problems);
    const hash = await this.hasher.hash(wanted);
    const done = await this.acts.run(asOwner(principal), async (act) => {
      await holdUserAlone(act.manager, user.id);
      await act.judge(); // now: the caller's own session ends, too
      return this.replace(act, user, hash);
    });
    if (!done) throw new Conflict('password_changed', 'Your password was changed by another request.');
  }

  /** The hash of a new password that keeps the rules. Errors: InvalidInput, Throttled. */
  async prepare(wanted: string, owner: Pick<User, 'email' | 'name'>): Promise<string> {
    refuse(await newPasswordProblems(wanted, owner));
    return this.hasher.hash(wanted);
  }

  /** Puts a hash in place, unless the user was deactivated or the password changed since the epoch was read: `false`. */
  async replace(
    act: Act,
    { id, authEpoch }: Pick<User, 'id' | 'authEpoch'>,
    passwordHash: string,
  ): Promise<boolean> {
    const { affected } = await act.manager.update(
      User,
      { id, authEpoch, isActive: true },
      { passwordHash, authEpoch: authEpoch + 1 },
    );
    if (!affected) return false;
    await act.record('password.changed', { type: 'user', id, userId: id });
    return true;
  }
}

function refuse(problems: FieldErrors): void {
  if (Object.keys(problems).length > 0) throw new InvalidInput(problems);
}
