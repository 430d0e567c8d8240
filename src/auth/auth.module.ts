import { Module } from '@nestjs/common';
import { Csrf } from './csrf.js';
import { CredentialLookup } from './lookup/credential-lookup.js';
import { SigningKeys } from './signing-keys.js';
import { ApiKeyStrategy } from './strategies/api-key.strategy.js';
import { JwtStrategy } from './strategies/jwt.strategy.js';
import { SessionStrategy } from './strategies/session.strategy.js';

/** The three ways in, each a Passport strategy, and what they need to judge a credential. */
@Module({
  providers: [CredentialLookup, SigningKeys, Csrf, ApiKeyStrategy, JwtStrategy, SessionStrategy],
  exports: [ApiKeyStrategy, JwtStrategy, SessionStrategy],
})
export class AuthModule {}
