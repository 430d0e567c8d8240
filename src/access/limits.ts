import { SetMetadata } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { handlerMetadata } from './handler-metadata.js';

/**
 * What the callers of a handler are counted by (contract §2, "Limits"). `login`: failures, by account and by address ·
 * `provider_check`: calls, by the provider key of the path · the others: calls, by address. Enforcement: rate-limits/.
 */
export type Limited = 'login' | 'refresh' | 'diagnose' | 'report_leak' | 'password' | 'provider_check';

const LIMITED = 'limited';

/** What a handler declared by `RateLimited`; `undefined`: nothing. */
export const limitOf = handlerMetadata<Limited>(LIMITED);

/** Limits how often a handler is called, in all instances together; past the limit 429 with `Retry-After`. */
export const RateLimited = (by: Limited): MethodDecorator => SetMetadata(LIMITED, by);

/** Where the owner of an account is known to be: the guesses of others don't keep them from logging in there. */
export abstract class KnownPlaces {
  /** The owner proved themselves at this address without a password. Never fails: it is a convenience. */
  abstract remember(email: string, address: string | null): Promise<void>;
}

/** What the authentication guard tells of a bad API key; a good one never comes here. */
export abstract class BadKeyLimit {
  /** Counts the bad key against the address that it came from. Errors: Throttled, to answer instead of the 401. */
  abstract count(request: FastifyRequest): Promise<unknown>;
}
