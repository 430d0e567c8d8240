import { ApiProperty } from '@nestjs/swagger';
import { TextField } from '../../common/fields.js';

/** Characters of the longest token that is looked at; ours have some 700. */
export const LONGEST_TOKEN = 8_192;

/** A refresh token. */
export class RefreshTokenBody {
  @TextField({ max: LONGEST_TOKEN, trim: false })
  refresh!: string;
}

/** A token of either kind. */
export class VerifyTokenBody {
  @TextField({ max: LONGEST_TOKEN, trim: false, description: 'An access or a refresh token.' })
  token!: string;
}

/** A token pair, as Simple JWT answers it. */
export class TokenPairAnswer {
  @ApiProperty({ description: 'Opens the API for 5 minutes, as `Authorization: Bearer …`.' })
  access!: string;

  @ApiProperty({ description: 'Gives the next pair, once, within a day.' })
  refresh!: string;
}

/** Nothing to say: the token is good. */
export class ValidTokenAnswer {}
