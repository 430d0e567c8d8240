import { TextField } from '../common/fields.js';
import { PasswordField } from './password-field.js';

/** What a person proves an account with. Any text may stand for the e-mail: a wrong one is just nobody's. */
export class LogInBody {
  @TextField({ max: 254 })
  email!: string;

  @PasswordField()
  password!: string;
}
