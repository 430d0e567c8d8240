import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { ApiNoContentResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Authenticated, CurrentActor, CurrentPrincipal, PERSONAL, Public } from '../../access/decorators.js';
import { RateLimited } from '../../access/limits.js';
import type { Actor, Principal } from '../../access/principal.js';
import { PasswordsService } from '../../users/passwords.service.js';
import { PasswordLinksService } from './password-links.service.js';
import { ChangePasswordBody, SetPasswordBody } from './passwords.dto.js';

/** Choosing one's own password: with the current one, or through a one-time link. */
@ApiTags('Accounts')
@Controller('api/auth/password')
export class PasswordsController {
  constructor(
    private readonly passwords: PasswordsService,
    private readonly links: PasswordLinksService,
  ) {}

  @Post()
  @HttpCode(204)
  @Authenticated({ via: PERSONAL })
  @RateLimited('password')
  @ApiOperation({
    summary: "Change the caller's own password",
    description: 'Ends all sessions and tokens of the user, this one too: log in again.',
  })
  @ApiNoContentResponse()
  change(@CurrentPrincipal() principal: Principal, @Body() body: ChangePasswordBody): Promise<void> {
    return this.passwords.change(principal, body.current_password, body.new_password);
  }

  @Post('set')
  @HttpCode(204)
  @Public()
  @RateLimited('password')
  @ApiOperation({
    summary: 'Choose a password through a one-time link',
    description: 'Ends all sessions and tokens of the user.',
  })
  @ApiNoContentResponse()
  set(@CurrentActor() by: Actor, @Body() { token, new_password }: SetPasswordBody): Promise<void> {
    return this.links.use(by, token, new_password);
  }
}
