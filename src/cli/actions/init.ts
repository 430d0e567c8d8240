import { timeOfDay } from '../../common/clock.js';
import { randomText } from '../../common/crypto/random-text.js';
import { newSecrets } from '../../config/secrets.js';
import { environmentText, writeNewFile } from '../environment-file.js';

/** Bearer token of `/metrics`. */
const TOKEN_CHARACTERS = 43;

/** Makes all secrets of a new installation, into a new file. Errors: the file system's. */
export function writeSecrets(file: string): void {
  const text = environmentText({
    ...newSecrets(Math.floor(timeOfDay() / 1000)),
    METRICS_TOKEN: randomText(TOKEN_CHARACTERS),
  });
  writeNewFile(file, text);
}
