import { Inject, Injectable, Logger } from '@nestjs/common';
import { Counter as Metric } from 'prom-client';
import { DataSource } from 'typeorm';
import type { Membership } from '../access/principal.js';
import { hmacText, purposeKey } from '../common/crypto/purpose-key.js';
import { ServiceUnavailable, Throttled } from '../common/errors.js';
import { MetricRegistry } from '../common/metric-registry.js';
import { ENV } from '../config/config.module.js';
import type { Env } from '../config/env.js';
import type { RateLimitName } from '../config/rate-limits.js';
import { Counter, type Taken } from './counter.js';
import { OverLimit } from './over-limit.js';

/** Days after which a place that an account logged in from is a stranger's again. */
const KNOWN_PLACE_DAYS = 30;

type CounterName = RateLimitName | 'known_place';

/** Attempts of these are taken out of the count again when they turn out well, so it can fall before the window ends. */
const REFUNDABLE: ReadonlySet<CounterName> = new Set(['login_account', 'login_address', 'known_place']);

/**
 * All counters of this process, on the table that all instances share. What is counted stands there as an HMAC: the
 * table tells nobody who tried to log in, or from where, and text of the caller's is never a key. When the table can't
 * be reached, nothing passes (503): it is the database without which nothing else would work either.
 */
@Injectable()
export class RateLimits {
  private readonly logger = new Logger('RateLimits');
  private readonly key: Buffer;
  private readonly counters: Readonly<Record<CounterName, Counter>>;
  private readonly over = new OverLimit();
  private readonly refused: Metric<'limit'>;
  private readonly failed: Metric<'limit'>;

  constructor(dataSource: DataSource, registry: MetricRegistry, @Inject(ENV) env: Env) {
    this.refused = new Metric({
      name: 'rate_limit_refusals_total',
      help: 'Attempts refused by a rate limit.',
      labelNames: ['limit'] as const,
      registers: [registry],
    });
    this.failed = new Metric({
      name: 'rate_limit_store_failures_total',
      help: 'Times that a counter could not be read or written; the attempt was answered 503.',
      labelNames: ['limit'] as const,
      registers: [registry],
    });
    this.key = purposeKey(env.SECRET_KEY, 'rate-limits');
    const settings = { ...env.RATE_LIMITS, known_place: { count: 1, seconds: KNOWN_PLACE_DAYS * 86_400 } };
    this.counters = Object.fromEntries(
      Object.entries(settings).map(([name, setting]) => [
        name,
        new Counter(dataSource, { ...setting, name, refundable: REFUNDABLE.has(name as CounterName) }),
      ]),
    ) as Record<CounterName, Counter>;
  }

  /** Counts an attempt of `who` before it is made. Errors: Throttled, at once where it is known already; ServiceUnavailable. */
  take(name: RateLimitName, ...who: string[]): Promise<Taken> {
    const attempt = `${name} ${who.join(' ')}`;
    const refusal = this.over.refusalOf(attempt);
    if (refusal) {
      this.refused.inc({ limit: name });
      throw refusal;
    }
    return this.count(name, attempt, who);
  }

  /** Counts a check of a provider key. Errors: those of `take`. */
  takeProviderCheck({ organizationId }: Pick<Membership, 'organizationId'>, keyId: number): Promise<Taken> {
    return this.take('provider_check', String(organizationId), String(keyId));
  }

  /** Forgets the attempts of `who`. */
  clear(name: RateLimitName, ...who: string[]): Promise<void> {
    return this.stored(name, (counter) => counter.clear(this.subject(who)));
  }

  /** Whether this account logged in from this network lately. */
  isKnownPlace(account: string, network: string): Promise<boolean> {
    return this.stored('known_place', (counter) => counter.isOpen(this.subject([account, network])));
  }

  /** Remembers that this account logged in from this network. */
  rememberPlace(account: string, network: string): Promise<void> {
    return this.stored('known_place', (counter) => counter.open(this.subject([account, network])));
  }

  private async count(name: RateLimitName, attempt: string, who: readonly string[]): Promise<Taken> {
    try {
      return await this.stored(name, (counter) => counter.take(this.subject(who)));
    } catch (error) {
      if (error instanceof Throttled) {
        this.refused.inc({ limit: name });
        if (!REFUNDABLE.has(name)) this.over.remember(attempt, error.seconds);
      }
      throw error;
    }
  }

  private async stored<T>(name: CounterName, work: (counter: Counter) => Promise<T>): Promise<T> {
    try {
      return await work(this.counters[name]);
    } catch (error) {
      if (error instanceof Throttled) throw error;
      this.failed.inc({ limit: name });
      this.logger.error({ msg: 'a rate limit could not be counted', limit: name, cause: String(error) });
      throw new ServiceUnavailable(error);
    }
  }

  private subject(who: readonly string[]): string {
    return hmacText(this.key, JSON.stringify(who));
  }
}
