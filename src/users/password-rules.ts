import type { FieldErrors } from '../common/errors.js';
import { passwordLength, SHORTEST_PASSWORD } from './password-field.js';
import type { User } from './user.entity.js';

/** Words that anyone would try first at this service. */
const OUR_WORDS = ['cryptocomply', 'crypto', 'comply', 'compliance'];
/** Shorter parts of a name are in too many good passwords by accident. */
const SHORTEST_WORD = 3;

/** Whose password it is to be; where nobody knows, only the rules that hold for all are asked. */
type Owner = Pick<User, 'email' | 'name'>;
const NOBODY: Owner = { email: '', name: '' };

/**
 * What a password lacks to be chosen (NIST SP 800-63B-4 §3.1.1.2, ASVS 6.2): it must be long enough, not among the common
 * ones, and not made of its owner's name, address or our name. No rules on kinds of characters. As fields of an input: all
 * of it under `new_password`, or nothing.
 */
export async function newPasswordProblems(password: string, owner = NOBODY): Promise<FieldErrors> {
  const folded = password.normalize('NFKC').toLowerCase();
  const problems: string[] = [];
  if (passwordLength(password) < SHORTEST_PASSWORD) {
    problems.push(`This password is too short. It must contain at least ${SHORTEST_PASSWORD} characters.`);
  }
  if ((await commonPasswords()).has(folded)) problems.push('This password is too common.');
  if (isMadeOf(folded, [...OUR_WORDS, ...wordsOf(owner.email), ...wordsOf(owner.name)])) {
    problems.push('This password is too similar to your name, your e-mail address or our name.');
  }
  return problems.length > 0 ? { new_password: problems } : {};
}

let common: Promise<ReadonlySet<string>> | undefined;

/** Some 50,000 passwords from leaks, loaded when the first password is chosen: most processes never need them. */
function commonPasswords(): Promise<ReadonlySet<string>> {
  common ??= import('@zxcvbn-ts/language-common').then(({ dictionary }) => new Set(dictionary.passwords));
  return common;
}

function wordsOf(text: string): string[] {
  return [text, ...text.split(/[^\p{L}\p{N}]+/u)]
    .map((word) => word.normalize('NFKC').toLowerCase())
    .filter((word) => word.length >= SHORTEST_WORD);
}

/** Whether so much of a password is known words that what remains would be too short a password by itself. */
function isMadeOf(folded: string, words: readonly string[]): boolean {
  const longestFirst = [...words].sort((a, b) => b.length - a.length);
  const rest = longestFirst.reduce((text, word) => text.replaceAll(word, ''), folded);
  return rest !== folded && passwordLength(rest) < SHORTEST_PASSWORD;
}
