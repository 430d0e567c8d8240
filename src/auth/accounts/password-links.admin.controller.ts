import { Controller, Post } from '@nestjs/common';
import { ApiCreatedResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentPrincipal, StaffOnly } from '../../access/decorators.js';
import type { Principal } from '../../access/principal.js';
import { Issues } from '../../http/idempotent.js';
import { Id } from '../../http/id.pipe.js';
import { type NewPasswordLink, PasswordLinksService } from './password-links.service.js';
import { PasswordLinkAnswer, passwordLinkAnswer } from './passwords.dto.js';

/** One-time links with which users choose their password, made by staff. */
@ApiTags('Staff: users')
@Controller('api/admin/users')
export class PasswordLinksAdminController {
  constructor(private readonly links: PasswordLinksService) {}

  @Post(':id/password-link')
  @StaffOnly()
  @Issues(({ id }: NewPasswordLink) => id)
  @ApiOperation({
    summary: 'Make a one-time link with which a user chooses a password',
    description: 'It holds for 24 hours; earlier links of the user stop working.',
  })
  @ApiCreatedResponse({ type: PasswordLinkAnswer })
  async create(@CurrentPrincipal() by: Principal, @Id() id: number): Promise<PasswordLinkAnswer> {
    return passwordLinkAnswer(await this.links.create(by, id));
  }
}
