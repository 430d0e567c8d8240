import { ApiProperty } from '@nestjs/swagger';
import { LONGEST_TOKEN } from '../auth/tokens/tokens.dto.js';
import { AddressField, TextField } from '../common/fields.js';

export const TOKEN_TYPES = { access_key: 'access_key', jwt: 'access_token', session: 'session' } as const;

/** A credential that somebody presented to the service which asks, and where that somebody is. */
export class IntrospectBody {
  @TextField({
    max: LONGEST_TOKEN,
    trim: false,
    description: 'An access key, an access token or a session id. It is never logged.',
  })
  token!: string;

  @AddressField({
    optional: true,
    description:
      'Where the client is that presented it. Without it, what works from some networks alone is not active.',
  })
  address?: string;
}

class IntrospectedOrganization {
  @ApiProperty({ type: 'integer' }) id!: number;
  @ApiProperty({ description: 'The name of the role there.' }) role!: string;
}

const known = { required: false } as const;
const instant = { type: 'integer', ...known } as const;

/** `active` alone, unless the token opens something at this moment. */
export class IntrospectionAnswer {
  @ApiProperty() active!: boolean;
  @ApiProperty({ ...known, description: 'The id of the user.' }) sub?: string;
  @ApiProperty({ ...known, description: 'The e-mail address of the user.' }) username?: string;
  @ApiProperty({ ...known, description: 'Of an access key, its prefix.' }) client_id?: string;
  @ApiProperty({ ...known, enum: Object.values(TOKEN_TYPES) })
  token_type?: (typeof TOKEN_TYPES)[keyof typeof TOKEN_TYPES];
  @ApiProperty({ ...instant, description: 'When it ends, in seconds since 1970; absent: it has no end.' })
  exp?: number;
  @ApiProperty({ ...instant, description: 'When it was made, in seconds since 1970.' }) iat?: number;
  @ApiProperty({ ...known, enum: ['read', 'read write'] }) scope?: 'read' | 'read write';
  @ApiProperty({ ...known, type: [IntrospectedOrganization], description: 'What it reaches.' })
  organizations?: IntrospectedOrganization[];
}
