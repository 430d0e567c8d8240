import type { ExpectedVersions } from '../common/edit-version.js';
import { Body, Controller, Get, HttpCode, Patch, Post, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentPrincipal, StaffOnly } from '../access/decorators.js';
import { Issues } from '../http/idempotent.js';
import { callerOf, ObjectFirst } from '../http/object-first.js';
import type { Principal } from '../access/principal.js';
import { IfMatch, type Versioned } from '../http/answers.js';
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
  RevokedKeyAnswer,
  revokedKeyAnswer,
  versioned,
} from './access-key.dto.js';
import {
  changesOf,
  ChangeKeyBody,
  instantOf,
  IssueKeyBody,
  orderOf,
  RevokeKeyAsStaffBody,
  RotateKeyBody,
  rotationOf,
  staffRevocationOf,
  SuspendKeyBody,
} from './access-key-bodies.dto.js';
import { KeyListQuery } from './access-key-list.dto.js';
import { KeyReview, type KeyReviewList } from './review/key-review.js';
import { KeyReviewAdminQuery, ReviewedKeyAnswer } from './review/review.dto.js';
import { AccessKeysService } from './access-keys.service.js';
import { everyKey } from './key-scope.js';

const ExistsForStaff = ObjectFirst(AccessKeysService, {
  exists: (keys, scope, id) => keys.exists(everyKey(callerOf(scope)), id),
});

/** Everybody's keys, for staff. */
@ApiTags('Staff: access keys')
@Controller('api/admin/access-keys')
export class AccessKeysAdminController {
  constructor(
    private readonly keys: AccessKeysService,
    private readonly reviews: KeyReview,
  ) {}

  @Get()
  @StaffOnly()
  @ApiOperation({ summary: 'All access keys' })
  @ApiPage(AccessKeyAnswer)
  async list(
    @CurrentPrincipal() principal: Principal,
    @Query() query: KeyListQuery,
  ): Promise<Page<AccessKeyAnswer>> {
    return (await this.keys.list(everyKey(principal), query)).map(accessKeyAnswer);
  }

  @Post()
  @StaffOnly()
  @Issues(issuedId)
  @ApiOperation({ summary: 'Issue an access key for a user' })
  @ApiCreatedResponse({ type: IssuedKeyAnswer })
  async issue(
    @CurrentPrincipal() principal: Principal,
    @Body() body: IssueKeyBody,
  ): Promise<IssuedKeyAnswer> {
    return issuedKeyAnswer(await this.keys.issue(principal, orderOf(body)));
  }

  @Get('review')
  @StaffOnly()
  @ApiOperation({
    summary: 'All access keys for an auditor, with what is wrong about each; `format=csv` as an export',
  })
  @ApiPage(ReviewedKeyAnswer, ['text/csv'])
  review(
    @CurrentPrincipal() principal: Principal,
    @Query() query: KeyReviewAdminQuery,
  ): Promise<KeyReviewList> {
    return this.reviews.reviewAsStaff(principal, query);
  }

  @Get(':id')
  @StaffOnly()
  @ApiOperation({ summary: 'One access key' })
  @ApiOkResponse({ type: AccessKeyAnswer })
  async get(@CurrentPrincipal() principal: Principal, @Id() id: number): Promise<Versioned<AccessKeyAnswer>> {
    return versioned(await this.keys.get(everyKey(principal), { id }));
  }

  @Patch(':id')
  @StaffOnly()
  @ExistsForStaff
  @ApiOperation({ summary: 'Rename an access key, or narrow what it may do' })
  @ApiOkResponse({ type: AccessKeyAnswer })
  async change(
    @CurrentPrincipal() principal: Principal,
    @Id() id: number,
    @Body() body: ChangeKeyBody,
    @IfMatch() versions: ExpectedVersions | undefined,
  ): Promise<Versioned<AccessKeyAnswer>> {
    return versioned(await this.keys.change(everyKey(principal), id, changesOf(body), versions));
  }

  @Post(':id/revoke')
  @HttpCode(200)
  @StaffOnly()
  @ExistsForStaff
  @ApiOperation({ summary: 'Revoke an access key for good' })
  @ApiOkResponse({ type: RevokedKeyAnswer })
  async revoke(
    @CurrentPrincipal() principal: Principal,
    @Id() id: number,
    @Body() body: RevokeKeyAsStaffBody,
  ): Promise<RevokedKeyAnswer> {
    return revokedKeyAnswer(await this.keys.revoke(everyKey(principal), { id }, staffRevocationOf(body)));
  }

  @Get(':id/made')
  @StaffOnly()
  @ApiOperation({
    summary:
      'What was made through an access key and what it led to: keys, grants, invitations, password links',
  })
  @ApiOkResponse({ type: [MadeAnswer] })
  async listMade(@CurrentPrincipal() principal: Principal, @Id() id: number): Promise<MadeAnswer[]> {
    return (await this.keys.listMade(everyKey(principal), id)).map(madeAnswer);
  }

  @Post(':id/suspend')
  @HttpCode(200)
  @StaffOnly()
  @ExistsForStaff
  @ApiOperation({ summary: 'Suspend an access key, for a time or until it is resumed' })
  @ApiOkResponse({ type: AccessKeyAnswer })
  async suspend(
    @CurrentPrincipal() principal: Principal,
    @Id() id: number,
    @Body() body: SuspendKeyBody,
  ): Promise<AccessKeyAnswer> {
    return accessKeyAnswer(await this.keys.suspend(everyKey(principal), { id }, instantOf(body.until)));
  }

  @Post(':id/resume')
  @HttpCode(200)
  @StaffOnly()
  @ApiOperation({ summary: 'Let a suspended access key work again' })
  @ApiOkResponse({ type: AccessKeyAnswer })
  async resume(@CurrentPrincipal() principal: Principal, @Id() id: number): Promise<AccessKeyAnswer> {
    return accessKeyAnswer(await this.keys.resume(everyKey(principal), { id }));
  }

  @Post(':id/rotate')
  @StaffOnly()
  @Issues(issuedId)
  @ExistsForStaff
  @ApiOperation({ summary: 'Make the successor of an access key' })
  @ApiCreatedResponse({ type: IssuedKeyAnswer })
  async rotate(
    @CurrentPrincipal() principal: Principal,
    @Id() id: number,
    @Body() body: RotateKeyBody,
  ): Promise<IssuedKeyAnswer> {
    return issuedKeyAnswer(await this.keys.rotate(everyKey(principal), { id }, rotationOf(body)));
  }
}
