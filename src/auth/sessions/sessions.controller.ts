import { Body, Controller, Delete, Get, HttpCode, Post, Query, Res, UseGuards } from '@nestjs/common';
import { ApiSecurity, ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Authenticated, CurrentActor, CurrentPrincipal, PERSONAL, Public } from '../../access/decorators.js';
import { RateLimited } from '../../access/limits.js';
import type { Actor, Principal } from '../../access/principal.js';
import { Id } from '../../http/id.pipe.js';
import { REFUSALS, Refuses } from '../../common/error-schemas.js';
import { ApiPage, type Page } from '../../common/list.js';
import { LogInBody } from '../../users/log-in.dto.js';
import { MeAnswer } from '../accounts/me.dto.js';
import { LoginCsrfGuard } from './login-csrf.guard.js';
import { PresentedSession } from './presented-session.js';
import { SessionCookies } from './session-cookies.js';
import { CsrfAnswer, SessionAnswer, SessionListQuery } from './sessions.dto.js';
import { SessionsService } from './sessions.service.js';

/** Logging in and out of the web app, and one's own sessions. */
@ApiTags('Sessions')
@Controller('api/auth')
export class SessionsController {
  constructor(
    private readonly sessions: SessionsService,
    private readonly cookies: SessionCookies,
  ) {}

  @Get('csrf')
  @Public()
  @ApiOperation({ summary: 'A CSRF token, as the csrftoken cookie and in the body' })
  @ApiOkResponse({ type: CsrfAnswer })
  csrf(
    @PresentedSession() sessionId: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): CsrfAnswer {
    return this.cookies.giveCsrfToken(reply, sessionId);
  }

  @Post('login')
  @HttpCode(200)
  @Public()
  @RateLimited('login')
  @UseGuards(LoginCsrfGuard)
  @ApiOperation({ summary: 'Log the web app in; sets the cookies' })
  @ApiSecurity('CsrfToken')
  @ApiOkResponse({ type: MeAnswer })
  @Refuses(401, REFUSALS.NoActiveAccount)
  @Refuses(403, 'The proof that our own page sent it is missing or wrong.')
  async logIn(
    @CurrentActor() by: Actor,
    @PresentedSession() previous: string | undefined,
    @Body() details: LogInBody,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<MeAnswer> {
    return this.cookies.open(reply, await this.sessions.logIn(by, details, previous));
  }

  @Post('logout')
  @HttpCode(204)
  @Authenticated({ via: ['session'] })
  @ApiOperation({ summary: 'Log the web app out; takes the cookies away' })
  @ApiNoContentResponse()
  logOut(
    @CurrentPrincipal() principal: Principal,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<void> {
    return this.cookies.clear(reply, this.sessions.logOut(principal));
  }

  @Get('sessions')
  @Authenticated({ via: PERSONAL })
  @ApiOperation({ summary: "The caller's live sessions" })
  @ApiPage(SessionAnswer)
  list(
    @CurrentPrincipal() principal: Principal,
    @Query() query: SessionListQuery,
  ): Promise<Page<SessionAnswer>> {
    return this.sessions.list(principal, query);
  }

  @Delete('sessions')
  @HttpCode(204)
  @Authenticated({ via: PERSONAL })
  @ApiOperation({
    summary: "End all of the caller's sessions but the one that asks",
    description: 'By JWT, no session asks: all of them end.',
  })
  @ApiNoContentResponse()
  endOthers(@CurrentPrincipal() principal: Principal): Promise<void> {
    return this.sessions.endOthers(principal);
  }

  @Delete('sessions/:id')
  @HttpCode(204)
  @Authenticated({ via: PERSONAL })
  @ApiOperation({ summary: "End one of the caller's sessions" })
  @ApiNoContentResponse()
  end(@CurrentPrincipal() principal: Principal, @Id() id: number): Promise<void> {
    return this.sessions.endOwn(principal, id);
  }
}
