import type { ApiError } from '../errors.js';
import type { Credential } from './credential.js';

/** An access key, `prefix.secret`: for backends, scripts and jobs. */
export class ApiKey implements Credential {
  #key: string;

  /** Throws TypeError for what can be no key: a line's end read along with it from a file is the usual reason. */
  constructor(key: string) {
    this.#key = checked(key);
  }

  /** The public part, which names the key in lists and logs. */
  get prefix(): string {
    return this.#key.slice(0, this.#key.indexOf('.'));
  }

  /** Goes on with another key: the successor after a rotation. */
  replace(key: string): void {
    this.#key = checked(key);
  }

  async sign(request: Request): Promise<void> {
    request.headers.set('authorization', `Api-Key ${this.#key}`);
  }

  /** True where another request has replaced the key since this one was signed. */
  async renew(refused: Request, { code }: ApiError): Promise<boolean> {
    return (
      code === 'authentication_failed' && refused.headers.get('authorization') !== `Api-Key ${this.#key}`
    );
  }
}

function checked(key: string): string {
  if (!/^[A-Za-z0-9]+\.[A-Za-z0-9]+$/.test(key)) {
    throw new TypeError('An access key is `prefix.secret`, letters and digits, without white space.');
  }
  return key;
}
