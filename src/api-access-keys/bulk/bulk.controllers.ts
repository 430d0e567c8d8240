import { applyDecorators, Body, Controller, HttpCode, Post } from '@nestjs/common';
import { ApiExtraModels, ApiOkResponse, ApiOperation, ApiTags, getSchemaPath } from '@nestjs/swagger';
import { CurrentMember, CurrentPrincipal, RequirePermission, StaffOnly } from '../../access/decorators.js';
import type { Membership, Principal } from '../../access/principal.js';
import { everyKey, organizationKeys } from '../key-scope.js';
import {
  bulkAnswer,
  bulkOrderOf,
  BulkRevokeBody,
  CountedKeysAnswer,
  RevokedKeysAnswer,
} from './bulk-revocation.dto.js';
import { BulkRevocations } from './bulk-revocations.js';

type Answer = CountedKeysAnswer | RevokedKeysAnswer;

const Answers = (): MethodDecorator =>
  applyDecorators(
    HttpCode(200),
    ApiExtraModels(CountedKeysAnswer, RevokedKeysAnswer) as MethodDecorator,
    ApiOkResponse({
      description: 'The numbers, or with `dry_run: false` what was revoked.',
      schema: {
        oneOf: [{ $ref: getSchemaPath(CountedKeysAnswer) }, { $ref: getSchemaPath(RevokedKeysAnswer) }],
      },
    }),
  );

/** For managers: keys that are confined to their organization. */
@ApiTags('Access keys of an organization')
@Controller('api/orgs/:org_pk/access-keys/bulk-revoke')
export class OrganizationBulkController {
  constructor(private readonly bulk: BulkRevocations) {}

  @Post()
  @RequirePermission('access_key.manage')
  @ApiOperation({ summary: 'Revoke many keys that are confined to the organization: first the numbers' })
  @Answers()
  async revoke(@CurrentMember() member: Membership, @Body() body: BulkRevokeBody): Promise<Answer> {
    return bulkAnswer(await this.bulk.run(organizationKeys(member), bulkOrderOf(body)));
  }
}

/** The same of all keys, for staff. */
@ApiTags('Staff: access keys')
@Controller('api/admin/access-keys/bulk-revoke')
export class BulkAdminController {
  constructor(private readonly bulk: BulkRevocations) {}

  @Post()
  @StaffOnly()
  @ApiOperation({ summary: 'Revoke many access keys: first the numbers' })
  @Answers()
  async revoke(@CurrentPrincipal() by: Principal, @Body() body: BulkRevokeBody): Promise<Answer> {
    return bulkAnswer(await this.bulk.run(everyKey(by), bulkOrderOf(body)));
  }
}
