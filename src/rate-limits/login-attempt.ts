import { canonicalEmail } from '../common/canonical-email.js';
import type { Taken } from './counter.js';
import type { RateLimits } from './rate-limits.js';

/**
 * One attempt to log in, counted before the password is looked at, so that of any number of parallel guesses no more
 * than the limit are hashed (E1), and taken out of the count when it turns out not to be a failure.
 *
 * Strangers share one count of an account, however many addresses they have. A place that the account logged in from
 * lately has a count of its own: so nobody elsewhere can keep the owner from logging in there (docs/adr/0019).
 */
export class LoginAttempt {
  private constructor(
    private readonly limits: RateLimits,
    private readonly network: string,
    private readonly fromAddress: Taken,
    private readonly account?: { readonly email: string; readonly who: string[]; readonly taken: Taken },
  ) {}

  /** `email` is whatever the body holds; without a text there the body is refused later, and no account is meant. */
  static async take(limits: RateLimits, network: string, email: unknown): Promise<LoginAttempt> {
    const fromAddress = await limits.take('login_address', network);
    try {
      if (typeof email !== 'string') return new LoginAttempt(limits, network, fromAddress);
      const canonical = canonicalEmail(email);
      const known = await limits.isKnownPlace(canonical, network);
      const who = known ? [canonical, network] : [canonical];
      const taken = await limits.take('login_account', ...who);
      return new LoginAttempt(limits, network, fromAddress, { email: canonical, who, taken });
    } catch (refusal) {
      await fromAddress.giveBack();
      throw refusal;
    }
  }

  /** What the attempt came to: 401 is a failure and stays counted; success clears the account's count. */
  async settle(status: number): Promise<void> {
    if (status === 401) return;
    await this.fromAddress.giveBack();
    if (!this.account) return;
    const { email, who, taken } = this.account;
    if (status >= 300) return taken.giveBack();
    await this.limits.clear('login_account', ...who);
    await this.limits.rememberPlace(email, this.network);
  }
}
