import { Controller, Delete, Get, HttpCode, Post, Query } from '@nestjs/common';
import { ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Authenticated, CurrentPrincipal, PERSONAL } from '../access/decorators.js';
import type { Principal } from '../access/principal.js';
import { Creates } from '../http/idempotent.js';
import { Versioned } from '../http/answers.js';
import { Id } from '../http/id.pipe.js';
import { ApiPage, type Page } from '../common/list.js';
import { InvitationAnswer, invitationAnswer, InvitationListQuery } from './invitations.dto.js';
import { InvitationsService } from './invitations.service.js';
import { MemberAnswer, memberAnswer } from './members.dto.js';

/** The caller's own invitations. */
@ApiTags('Invitations')
@Controller('api/auth/invitations')
export class InvitationsController {
  constructor(private readonly invitations: InvitationsService) {}

  @Get()
  @Authenticated({ via: PERSONAL })
  @ApiOperation({ summary: "The open invitations to the caller's own e-mail address" })
  @ApiPage(InvitationAnswer)
  async list(
    @CurrentPrincipal() principal: Principal,
    @Query() query: InvitationListQuery,
  ): Promise<Page<InvitationAnswer>> {
    return (await this.invitations.list(principal, query)).map(invitationAnswer);
  }

  @Post(':id/accept')
  @HttpCode(200)
  @Authenticated({ via: PERSONAL })
  @Creates(Versioned.as(memberAnswer))
  @ApiOperation({ summary: 'Accept an invitation: the caller becomes a member' })
  @ApiOkResponse({ type: MemberAnswer })
  async accept(@CurrentPrincipal() principal: Principal, @Id() id: number): Promise<Versioned<MemberAnswer>> {
    return Versioned.of(await this.invitations.accept(principal, id), memberAnswer);
  }

  @Delete(':id')
  @HttpCode(204)
  @Authenticated({ via: PERSONAL })
  @ApiOperation({ summary: 'Decline an invitation' })
  @ApiNoContentResponse()
  decline(@CurrentPrincipal() principal: Principal, @Id() id: number): Promise<void> {
    return this.invitations.decline(principal, id);
  }
}
