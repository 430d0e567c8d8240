import { problemOf } from '../../src/auth/tokens/refresh-state.js';
import { TokenNotValid } from '../../src/common/errors.js';

const GOOD = { token_id: 1, user_id: 1, ended: false, over: false, used: false, retriable: false };
const INVALID = 'Token is invalid or expired';
const BLACKLISTED = 'Token is blacklisted';

it.each([
  ['unused', {}],
  ['used a moment ago, its successor not yet (B11)', { used: true, retriable: true }],
])('a refresh token that is %s has no problem', (_what, state) => {
  expect(problemOf({ ...GOOD, ...state })).toBeUndefined();
});

it.each([
  ['of an ended family', { ended: true }, 'family_ended', BLACKLISTED],
  ['used', { used: true }, 'replayed', BLACKLISTED],
  ['used, of an ended family', { used: true, ended: true }, 'replayed', BLACKLISTED],
  [
    'retried after its family was ended',
    { used: true, retriable: true, ended: true },
    'family_ended',
    BLACKLISTED,
  ],
  ['expired', { over: true }, 'over', INVALID],
  ['expired and used: no replay, nothing is alive', { over: true, used: true }, 'over', INVALID],
  ['expired and ended', { over: true, ended: true }, 'over', INVALID],
])('a refresh token that is %s is refused, for the log as what it is', (_what, state, reason, sentence) => {
  const problem = problemOf({ ...GOOD, ...state });
  expect(problem).toBeInstanceOf(TokenNotValid);
  expect(problem).toMatchObject({ reason, message: sentence });
});

it('one that nobody knows is refused', () => {
  expect(problemOf(undefined)).toMatchObject({ reason: 'unknown', message: INVALID });
});
