import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentActor, Public } from '../../access/decorators.js';
import { RateLimited } from '../../access/limits.js';
import type { Actor } from '../../access/principal.js';
import { type ErrorAnswer, errorAnswer, REFUSALS, Refuses } from '../../common/error-schemas.js';
import { LogInBody } from '../../users/log-in.dto.js';
import { RefreshTokenBody, TokenPairAnswer, ValidTokenAnswer, VerifyTokenBody } from './tokens.dto.js';
import { TokensService } from './tokens.service.js';

const notValid = (description: string): ErrorAnswer =>
  errorAnswer(description, 'Error', { detail: 'Token is invalid or expired', code: 'token_not_valid' });

/** Access and refresh tokens: getting, refreshing, verifying and revoking them. */
@ApiTags('Tokens')
@Controller('api/auth/token')
export class TokensController {
  constructor(private readonly tokens: TokensService) {}

  @Post()
  @HttpCode(200)
  @Public()
  @RateLimited('login')
  @ApiOperation({ summary: 'A token pair for an e-mail and a password' })
  @ApiOkResponse({ type: TokenPairAnswer })
  @Refuses(401, REFUSALS.NoActiveAccount)
  obtain(@CurrentActor() by: Actor, @Body() details: LogInBody): Promise<TokenPairAnswer> {
    return this.tokens.obtain(by, details);
  }

  @Post('refresh')
  @HttpCode(200)
  @Public()
  @RateLimited('refresh')
  @ApiOperation({ summary: 'The next token pair for a refresh token; each is good once' })
  @ApiOkResponse({ type: TokenPairAnswer })
  @Refuses(401, notValid('The token is not ours, expired, ended, or was used before.'))
  refresh(@CurrentActor() by: Actor, @Body() { refresh }: RefreshTokenBody): Promise<TokenPairAnswer> {
    return this.tokens.refresh(by, refresh);
  }

  @Post('verify')
  @HttpCode(200)
  @Public()
  @ApiOperation({ summary: 'Whether a token would be accepted' })
  @ApiOkResponse({ type: ValidTokenAnswer })
  @Refuses(401, notValid('It would not be.'))
  verify(@Body() { token }: VerifyTokenBody): Promise<ValidTokenAnswer> {
    return this.tokens.verify(token);
  }

  @Post('revoke')
  @HttpCode(204)
  @Public()
  @ApiOperation({ summary: 'End a refresh token and everything that descends from the same login' })
  @ApiNoContentResponse()
  @Refuses(401, notValid('The token is not ours, or expired.'))
  revoke(@CurrentActor() by: Actor, @Body() { refresh }: RefreshTokenBody): Promise<void> {
    return this.tokens.revoke(by, refresh);
  }
}
