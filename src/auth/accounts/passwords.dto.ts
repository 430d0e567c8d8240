import { ApiProperty } from '@nestjs/swagger';
import { TextField } from '../../common/fields.js';
import { PasswordField } from '../../users/password-field.js';
import type { NewPasswordLink } from './password-links.service.js';

const RULES = '8 to 256 characters, not a common password, not made of your name or ours.';

/** The current password and the new one. */
export class ChangePasswordBody {
  @PasswordField()
  current_password!: string;

  @PasswordField(RULES)
  new_password!: string;
}

/** The token of a one-time link and the new password. */
export class SetPasswordBody {
  @TextField({ max: 200, trim: false, description: 'Of a one-time link.' })
  token!: string;

  @PasswordField(RULES)
  new_password!: string;
}

/** A one-time link, told once. */
export class PasswordLinkAnswer {
  @ApiProperty() token!: string;
  @ApiProperty({ format: 'uri', description: 'The page that asks for the new password.' }) url!: string;
  @ApiProperty({ type: String, format: 'date-time' }) expires_at!: Date;
}

/** A one-time link with its token: sent once, and kept nowhere. */
export function passwordLinkAnswer({ token, url, expiresAt }: NewPasswordLink): PasswordLinkAnswer {
  return { token, url, expires_at: expiresAt };
}
