import { Body, Controller, Get, HttpCode, Post, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Authenticated, CurrentPrincipal, PERSONAL } from '../access/decorators.js';
import { Issues } from '../http/idempotent.js';
import { callerOf, ObjectFirst } from '../http/object-first.js';
import type { Principal } from '../access/principal.js';
import { Versioned } from '../http/answers.js';
import { Id } from '../http/id.pipe.js';
import { ApiPage, type Page } from '../common/list.js';
import {
  AccessKeyAnswer,
  accessKeyAnswer,
  IssuedKeyAnswer,
  issuedId,
  issuedKeyAnswer,
  MadeAnswer,
  madeAnswer,
  versioned,
} from './access-key.dto.js';
import {
  instantOf,
  IssueOwnKeyBody,
  ownOrderOf,
  RevokeKeyBody,
  revocationOf,
  RotateKeyBody,
  rotationOf,
  SuspendKeyBody,
} from './access-key-bodies.dto.js';
import { KeyListQuery } from './access-key-list.dto.js';
import { AccessKeysService } from './access-keys.service.js';
import { ownKeys } from './key-scope.js';

const ExistsForOwner = ObjectFirst(AccessKeysService, {
  exists: (keys, scope, id) => keys.exists(ownKeys(callerOf(scope)), id),
});

/** A user's own keys. A key may look, but a person must act: by session or JWT. */
@ApiTags('My access keys')
@Controller('api/auth/access-keys')
export class AccessKeysController {
  constructor(private readonly keys: AccessKeysService) {}

  @Get()
  @Authenticated()
  @ApiOperation({
    summary: "The caller's own access keys; through a confined key, those of its organization",
  })
  @ApiPage(AccessKeyAnswer)
  async list(
    @CurrentPrincipal() principal: Principal,
    @Query() query: KeyListQuery,
  ): Promise<Page<AccessKeyAnswer>> {
    return (await this.keys.list(ownKeys(principal), query)).map(accessKeyAnswer);
  }

  @Post()
  @Authenticated({ via: PERSONAL })
  @Issues(issuedId)
  @ApiOperation({ summary: "Issue an access key of one's own, under the organization's policy" })
  @ApiCreatedResponse({ type: IssuedKeyAnswer })
  async issue(
    @CurrentPrincipal() principal: Principal,
    @Body() body: IssueOwnKeyBody,
  ): Promise<IssuedKeyAnswer> {
    return issuedKeyAnswer(await this.keys.issueOwn(principal, ownOrderOf(body)));
  }

  @Get(':id')
  @Authenticated()
  @ApiOperation({ summary: "One of the caller's own access keys" })
  @ApiOkResponse({ type: AccessKeyAnswer })
  async get(@CurrentPrincipal() principal: Principal, @Id() id: number): Promise<Versioned<AccessKeyAnswer>> {
    return versioned(await this.keys.get(ownKeys(principal), { id }));
  }

  @Post(':id/revoke')
  @HttpCode(200)
  @Authenticated({ via: PERSONAL })
  @ExistsForOwner
  @ApiOperation({ summary: "Revoke one of the caller's own access keys for good" })
  @ApiOkResponse({ type: AccessKeyAnswer })
  async revoke(
    @CurrentPrincipal() principal: Principal,
    @Id() id: number,
    @Body() body: RevokeKeyBody,
  ): Promise<AccessKeyAnswer> {
    const { row } = await this.keys.revoke(ownKeys(principal), { id }, revocationOf(body));
    return accessKeyAnswer(row);
  }

  @Get(':id/made')
  @Authenticated()
  @ApiOperation({
    summary: "What was made through one of the caller's own access keys, as far as the caller may know of it",
  })
  @ApiOkResponse({ type: [MadeAnswer] })
  async listMade(@CurrentPrincipal() principal: Principal, @Id() id: number): Promise<MadeAnswer[]> {
    return (await this.keys.listMade(ownKeys(principal), id)).map(madeAnswer);
  }

  @Post(':id/suspend')
  @HttpCode(200)
  @Authenticated({ via: PERSONAL })
  @ExistsForOwner
  @ApiOperation({ summary: "Suspend one of the caller's own access keys, for a time or until it is resumed" })
  @ApiOkResponse({ type: AccessKeyAnswer })
  async suspend(
    @CurrentPrincipal() principal: Principal,
    @Id() id: number,
    @Body() body: SuspendKeyBody,
  ): Promise<AccessKeyAnswer> {
    return accessKeyAnswer(await this.keys.suspend(ownKeys(principal), { id }, instantOf(body.until)));
  }

  @Post(':id/resume')
  @HttpCode(200)
  @Authenticated({ via: PERSONAL })
  @ApiOperation({ summary: 'Let a key that its user suspended work again' })
  @ApiOkResponse({ type: AccessKeyAnswer })
  async resume(@CurrentPrincipal() principal: Principal, @Id() id: number): Promise<AccessKeyAnswer> {
    return accessKeyAnswer(await this.keys.resume(ownKeys(principal), { id }));
  }

  @Post(':id/rotate')
  @Authenticated({ via: PERSONAL })
  @Issues(issuedId)
  @ExistsForOwner
  @ApiOperation({ summary: "Make the successor of one of the caller's own access keys" })
  @ApiCreatedResponse({ type: IssuedKeyAnswer })
  async rotate(
    @CurrentPrincipal() principal: Principal,
    @Id() id: number,
    @Body() body: RotateKeyBody,
  ): Promise<IssuedKeyAnswer> {
    return issuedKeyAnswer(await this.keys.rotate(ownKeys(principal), { id }, rotationOf(body)));
  }
}
