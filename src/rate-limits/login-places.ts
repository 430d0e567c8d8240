import { Injectable, Logger } from '@nestjs/common';
import { KnownPlaces } from '../access/limits.js';
import { canonicalEmail } from '../common/canonical-email.js';
import { networkOf } from './network.js';
import { RateLimits } from './rate-limits.js';

/** Places with a count of failed logins of their own. */
@Injectable()
export class LoginPlaces extends KnownPlaces {
  private readonly logger = new Logger('RateLimits');

  constructor(private readonly limits: RateLimits) {
    super();
  }

  override async remember(email: string, address: string | null): Promise<void> {
    const account = canonicalEmail(email);
    const network = networkOf(address ?? undefined);
    try {
      await this.limits.clear('login_account', account, network);
      await this.limits.rememberPlace(account, network);
    } catch (error) {
      this.logger.warn({ msg: 'a known place could not be remembered', cause: String(error) });
    }
  }
}
