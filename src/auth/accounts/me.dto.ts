import { ApiProperty } from '@nestjs/swagger';
import { ACCESS_LEVELS, type AccessLevel } from '../../access/access-level.js';
import type { Credential } from '../../access/principal.js';
import { ReachableMembershipAnswer } from '../../organizations/organizations.dto.js';

/** The schemes in the words of the contract. */
export const SCHEME_WORDS = { access_key: 'api_key', jwt: 'jwt', session: 'session' } as const;

class MyUser {
  @ApiProperty({ type: 'integer' }) id!: number;
  @ApiProperty({ format: 'email' }) email!: string;
  @ApiProperty() name!: string;
  @ApiProperty() is_staff!: boolean;
}

class MyCredential {
  @ApiProperty({ enum: Object.values(SCHEME_WORDS) })
  scheme!: (typeof SCHEME_WORDS)[Credential['scheme']];

  @ApiProperty({ enum: ACCESS_LEVELS, nullable: true, description: 'Of a key; nothing else has a level.' })
  access_level!: AccessLevel | null;

  @ApiProperty({ type: String, nullable: true, description: 'Of a key: its public part.' })
  prefix!: string | null;

  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  expires_at!: Date | null;

  @ApiProperty({ type: 'integer', nullable: true, description: 'The one organization a key is confined to.' })
  organization!: number | null;
}

/** Who the caller is, through what, and where. */
export class MeAnswer {
  @ApiProperty({ type: MyUser }) user!: MyUser;
  @ApiProperty({ type: MyCredential }) credential!: MyCredential;
  @ApiProperty({ type: [ReachableMembershipAnswer] }) organizations!: ReachableMembershipAnswer[];
}

/** The credential that the caller came with, without its secret. */
export function credentialAnswer(credential: Credential): MyCredential {
  const key = credential.scheme === 'access_key' ? credential : undefined;
  return {
    scheme: SCHEME_WORDS[credential.scheme],
    access_level: key?.accessLevel ?? null,
    prefix: key?.prefix ?? null,
    expires_at: credential.expiresAt,
    organization: key?.organizationId ?? null,
  };
}
