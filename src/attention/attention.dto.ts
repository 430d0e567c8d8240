import { ApiProperty, getSchemaPath } from '@nestjs/swagger';
import type { Type } from '@nestjs/common';
import { KEY_TYPES, type KeyType } from '../access/key-types.js';
import type { Excerpt } from '../api-access-keys/key-needs.js';
import { AccessKeyAnswer } from '../api-access-keys/access-key.dto.js';
import { GrantAnswer } from '../api-access-keys/grants/grants.dto.js';
import { RequestAnswer } from '../api-access-keys/requests/requests.dto.js';
import { InvitationAnswer } from '../organizations/invitations.dto.js';
import { KEY_HEALTH, type KeyHealth } from '../provider-keys/key-health.js';
import type { UnhealthyKey } from '../provider-keys/provider-key-rows.js';

/** An organization in short. */
class OrganizationInShort {
  @ApiProperty({ type: 'integer' }) id!: number;
  @ApiProperty() name!: string;
}

/** A provider key that calls fail with. */
export class UnhealthyKeyAnswer {
  @ApiProperty({ type: 'integer' }) id!: number;
  @ApiProperty({ type: OrganizationInShort }) organization!: OrganizationInShort;
  @ApiProperty({ enum: KEY_TYPES }) key_type!: KeyType;
  @ApiProperty() name!: string;
  @ApiProperty({ example: '************4f2a' }) masked_key!: string;
  @ApiProperty({ enum: KEY_HEALTH, description: 'What calls last showed.' }) health!: KeyHealth;
}

/** A provider key that calls fail with, in short. */
export function unhealthyKeyAnswer(key: UnhealthyKey): UnhealthyKeyAnswer {
  return {
    id: key.id,
    organization: { id: key.organizationId, name: key.organizationName },
    key_type: key.keyType,
    name: key.name,
    masked_key: key.maskedKey,
    health: key.health,
  };
}

function ExcerptOf(dto: Type, description: string): PropertyDecorator {
  return ApiProperty({
    type: 'object',
    required: ['count', 'results'],
    properties: {
      count: { type: 'integer' },
      results: { type: 'array', maxItems: 10, items: { $ref: getSchemaPath(dto) } },
    },
    description,
  } as never);
}

/** What waits for the caller, the most urgent first. */
export class AttentionAnswer {
  @ExcerptOf(AccessKeyAnswer, 'Own active keys that expire within 14 days.')
  expiring!: Excerpt<AccessKeyAnswer>;

  @ExcerptOf(AccessKeyAnswer, 'Own active keys that were never used.')
  never_used!: Excerpt<AccessKeyAnswer>;

  @ExcerptOf(AccessKeyAnswer, 'Own active keys that were used, but not for 90 days.')
  unused!: Excerpt<AccessKeyAnswer>;

  @ExcerptOf(AccessKeyAnswer, 'Own keys that were rotated, and used since.')
  superseded_in_use!: Excerpt<AccessKeyAnswer>;

  @ExcerptOf(AccessKeyAnswer, "Own keys that their organization's policy doesn't allow any more.")
  blocked!: Excerpt<AccessKeyAnswer>;

  @ExcerptOf(InvitationAnswer, 'Invitations to the caller.')
  invitations!: Excerpt<InvitationAnswer>;

  @ExcerptOf(GrantAnswer, 'Keys that the caller was granted and has not redeemed.')
  grants!: Excerpt<GrantAnswer>;

  @ExcerptOf(RequestAnswer, "Others' requests for a key that the caller may decide.")
  requests!: Excerpt<RequestAnswer>;

  @ExcerptOf(UnhealthyKeyAnswer, 'Enabled provider keys that calls fail with, where the caller manages them.')
  provider_keys!: Excerpt<UnhealthyKeyAnswer>;
}
