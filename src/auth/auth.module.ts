import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { ApiAccessKeysModule } from '../api-access-keys/api-access-keys.module.js';
import { OrganizationsModule } from '../organizations/organizations.module.js';
import { UsersModule } from '../users/users.module.js';
import { MadePasswordLinks } from './accounts/made-password-links.js';
import { MeController } from './accounts/me.controller.js';
import { MeService } from './accounts/me.service.js';
import { PasswordLink } from './accounts/password-link.entity.js';
import { PasswordLinksAdminController } from './accounts/password-links.admin.controller.js';
import { PasswordLinksService } from './accounts/password-links.service.js';
import { PasswordsController } from './accounts/passwords.controller.js';
import { Authentication } from './authentication.js';
import { AuthCleanup } from './cleanup.js';
import { Csrf } from './csrf.js';
import { JwksController } from './jwks.controller.js';
import { CredentialLookup } from './lookup/credential-lookup.js';
import { LoginCsrfGuard } from './sessions/login-csrf.guard.js';
import { SessionActivity } from './sessions/session-activity.js';
import { SessionCookies } from './sessions/session-cookies.js';
import { Session } from './sessions/session.entity.js';
import { SessionsController } from './sessions/sessions.controller.js';
import { SessionsService } from './sessions/sessions.service.js';
import { SigningKeys } from './signing-keys.js';
import { ApiKeyStrategy } from './strategies/api-key.strategy.js';
import { JwtStrategy } from './strategies/jwt.strategy.js';
import { SessionStrategy } from './strategies/session.strategy.js';
import { RefreshToken } from './tokens/refresh-token.entity.js';
import { TokenFamilies } from './tokens/token-families.js';
import { TokenFamily } from './tokens/token-family.entity.js';
import { TokenSigner } from './tokens/token-signer.js';
import { TokensController } from './tokens/tokens.controller.js';
import { TokensService } from './tokens/tokens.service.js';

/** The three ways in, each a Passport strategy, and what they need to judge a credential. */
@Module({
  imports: [
    UsersModule,
    OrganizationsModule,
    ApiAccessKeysModule,
    TypeOrmModule.forFeature([PasswordLink, RefreshToken, TokenFamily, Session]),
  ],
  controllers: [
    TokensController,
    JwksController,
    SessionsController,
    MeController,
    PasswordsController,
    PasswordLinksAdminController,
  ],
  providers: [
    CredentialLookup,
    SigningKeys,
    Csrf,
    ApiKeyStrategy,
    JwtStrategy,
    SessionStrategy,
    Authentication,
    LoginCsrfGuard,
    SessionActivity,
    SessionCookies,
    SessionsService,
    MeService,
    TokenSigner,
    TokenFamilies,
    TokensService,
    PasswordLinksService,
    MadePasswordLinks,
    AuthCleanup,
  ],
  exports: [Authentication, JwtStrategy, PasswordLinksService, SessionsService],
})
export class AuthModule {}
