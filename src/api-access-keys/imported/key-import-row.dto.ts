import { ACCESS_LEVELS, type AccessLevel } from '../../access/access-level.js';
import { BooleanField, ChoiceField, Field, IdField, InstantField, TextField } from '../../common/fields.js';
import { EmailField } from '../../users/email.js';
import { KEY_NAME } from '../access-key-bodies.dto.js';
import { parseImportedHash } from './imported-hash.js';
import { PREFIX } from '../key-format.js';

/** A key as another system exports it, one JSON object a line. */
export class KeyImportRow {
  @Field(
    (value) =>
      typeof value === 'string' && PREFIX.test(value) ? undefined : 'A prefix is eight letters and digits.',
    { type: String },
  )
  prefix!: string;

  @Field(
    (value) =>
      typeof value === 'string' && parseImportedHash(value)
        ? undefined
        : 'Only sha512$$ and pbkdf2_sha256$ hashes of djangorestframework-api-key are taken.',
    { type: String },
  )
  hashed_key!: string;

  @EmailField() user_email!: string;
  @IdField({ optional: true, nullable: true }) organization?: number | null;
  @ChoiceField(ACCESS_LEVELS) access_level!: AccessLevel;
  @TextField(KEY_NAME) name!: string;
  @InstantField({ optional: true, nullable: true }) created?: string | null;
  @InstantField({ optional: true, nullable: true }) expires_at?: string | null;
  @BooleanField({ optional: true }) revoked?: boolean;
}
