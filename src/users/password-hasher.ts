import { Inject, Injectable } from '@nestjs/common';
import bcrypt from 'bcrypt';
import { createHmac } from 'node:crypto';
import { randomText } from '../common/crypto/random-text.js';
import { ENV } from '../config/config.module.js';
import type { Env } from '../config/env.js';
import { HashingQueue } from './hashing-queue.js';
import type { HashingThread } from './hashing-thread.js';

/** Characters of the digest part of a bcrypt hash. */
const DIGEST_LENGTH = 31;

/**
 * Password hashes: bcrypt over base64(HMAC-SHA-256(pepper, NFKC(password))). The HMAC makes every password 44
 * characters long, so bcrypt's limit of 72 bytes and its stop at NUL never matter (GHSA-mg83-c7gq-rv5c), and a stolen
 * table can't be attacked without the pepper. Errors: Throttled when too many hashes wait.
 */
@Injectable()
export class PasswordHasher {
  private readonly queue = new HashingQueue();
  private readonly pepper: string;
  private readonly cost: number;
  /** Well-formed, of today's cost, and of no password: compared with when there is no hash to compare with. */
  private readonly nobody: string;
  private counted = 0;

  constructor(@Inject(ENV) env: Env) {
    this.pepper = env.PASSWORD_PEPPER;
    this.cost = env.BCRYPT_COST;
    this.nobody = bcrypt.genSaltSync(this.cost) + randomText(DIGEST_LENGTH);
  }

  /** How many hashes this process has computed; every one costs a quarter of a second of a core at cost 12. */
  get hashCalls(): number {
    return this.counted;
  }

  /** How many hashes wait for a thread. */
  get waiting(): number {
    return this.queue.length;
  }

  hash(password: string): Promise<string> {
    return this.counting((thread) => thread.hash(this.peppered(password), this.cost));
  }

  /**
   * Whether `password` is the one that `hash` was made of. Always one hash call: without a `hash` it is compared with
   * nobody's, so that the time tells nothing (Django CVE-2024-39329).
   */
  async matches(password: string, hash: string | null): Promise<boolean> {
    const equal = await this.counting((thread) =>
      thread.compare(this.peppered(password), hash ?? this.nobody),
    );
    return equal && hash !== null;
  }

  /** Whether `hash` was made at another cost than today's. */
  isOutdated(hash: string): boolean {
    return bcrypt.getRounds(hash) !== this.cost;
  }

  private counting<T>(hash: (thread: HashingThread) => Promise<T>): Promise<T> {
    return this.queue.run((thread) => {
      this.counted += 1;
      return hash(thread);
    });
  }

  private peppered(password: string): string {
    return createHmac('sha256', this.pepper).update(password.normalize('NFKC')).digest('base64');
  }
}
