import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { UsersModule } from '../users/users.module.js';
import { PasswordLink } from './accounts/password-link.entity.js';
import { PasswordLinks } from './accounts/password-links.service.js';
import { Csrf } from './csrf.js';
import { CredentialLookup } from './lookup/credential-lookup.js';
import { SigningKeys } from './signing-keys.js';
import { ApiKeyStrategy } from './strategies/api-key.strategy.js';
import { JwtStrategy } from './strategies/jwt.strategy.js';
import { SessionStrategy } from './strategies/session.strategy.js';

/** The three ways in, each a Passport strategy, and what they need to judge a credential. */
@Module({
  imports: [UsersModule, TypeOrmModule.forFeature([PasswordLink])],
  providers: [
    CredentialLookup,
    SigningKeys,
    Csrf,
    ApiKeyStrategy,
    JwtStrategy,
    SessionStrategy,
    PasswordLinks,
  ],
  exports: [ApiKeyStrategy, JwtStrategy, SessionStrategy, PasswordLinks],
})
export class AuthModule {}
