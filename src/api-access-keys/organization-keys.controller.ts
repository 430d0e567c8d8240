import { Body, Controller, Get, HttpCode, Post, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentMember, RequirePermission } from '../access/decorators.js';
import { memberOf, ObjectFirst } from '../http/object-first.js';
import type { Membership } from '../access/principal.js';
import { Id } from '../http/id.pipe.js';
import { ApiPage, type Page } from '../common/list.js';
import { AccessKeyAnswer, overseenKeyAnswer } from './access-key.dto.js';
import { RevokeKeyBody, revocationOf } from './access-key-bodies.dto.js';
import { KeyListQuery } from './access-key-list.dto.js';
import { KeyReview, type KeyReviewList } from './review/key-review.js';
import { KeyReviewQuery, ReviewedKeyAnswer } from './review/review.dto.js';
import { AccessKeysService } from './access-keys.service.js';
import { organizationKeys } from './key-scope.js';

const ExistsForManager = ObjectFirst(AccessKeysService, {
  exists: (keys, scope, id) => keys.exists(organizationKeys(memberOf(scope)), id),
});

/** The keys that reach an organization, for its managers. */
@ApiTags('Access keys of an organization')
@Controller('api/orgs/:org_pk/access-keys')
export class OrganizationKeysController {
  constructor(
    private readonly keys: AccessKeysService,
    private readonly reviews: KeyReview,
  ) {}

  @Get()
  @RequirePermission('access_key.view')
  @ApiOperation({ summary: 'The access keys that reach the organization' })
  @ApiPage(AccessKeyAnswer)
  async list(
    @CurrentMember() member: Membership,
    @Query() query: KeyListQuery,
  ): Promise<Page<AccessKeyAnswer>> {
    return (await this.keys.list(organizationKeys(member), query)).map(overseenKeyAnswer);
  }

  @Get('review')
  @RequirePermission('access_key.view')
  @ApiOperation({
    summary: 'The same for an auditor, with what is wrong about each; `format=csv` as an export',
  })
  @ApiPage(ReviewedKeyAnswer, ['text/csv'])
  review(@CurrentMember() member: Membership, @Query() query: KeyReviewQuery): Promise<KeyReviewList> {
    return this.reviews.review(member, query);
  }

  @Get(':id')
  @RequirePermission('access_key.view')
  @ApiOperation({ summary: 'One access key that reaches the organization' })
  @ApiOkResponse({ type: AccessKeyAnswer })
  async get(@CurrentMember() member: Membership, @Id() id: number): Promise<AccessKeyAnswer> {
    return overseenKeyAnswer(await this.keys.get(organizationKeys(member), { id }));
  }

  @Post(':id/revoke')
  @HttpCode(200)
  @RequirePermission('access_key.manage')
  @ExistsForManager
  @ApiOperation({ summary: 'Revoke an access key that is confined to the organization, for good' })
  @ApiOkResponse({ type: AccessKeyAnswer })
  async revoke(
    @CurrentMember() member: Membership,
    @Id() id: number,
    @Body() body: RevokeKeyBody,
  ): Promise<AccessKeyAnswer> {
    const { row } = await this.keys.revoke(organizationKeys(member), { id }, revocationOf(body));
    return overseenKeyAnswer(row);
  }
}
