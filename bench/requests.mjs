import { CALLERS, keyText, organizationOf, organizations, userOfKey } from './seed.mjs';

/** Requests that nobody has to prove anything for. */
export const open = [{ path: '/bench/open' }];

export const apiKey = (text) => ({ authorization: `Api-Key ${text}` });

/** One request to the closed route for every one of `keys`. */
export const withKeys = (keys, path = '/bench/closed') =>
  keys.map((n) => ({ path, headers: apiKey(keyText(n)) }));

/** The question of a gateway about a request with one of `keys`. */
export const checksOf = (keys) =>
  keys.map((n) => ({
    path: '/api/auth/check/nginx/',
    headers: { ...apiKey(keyText(n)), 'x-original-method': 'GET', 'x-original-uri': '/' },
  }));

export const withTokens = (tokens) =>
  tokens.map((token) => ({ path: '/bench/closed', headers: { authorization: `Bearer ${token}` } }));

export const withSessions = (ids) =>
  ids.map((id) => ({ path: '/bench/closed', headers: { cookie: `sessionid=${id}` } }));

/** Keys of the right form that nobody was ever given. */
export const withGarbage = () =>
  sample(CALLERS, CALLERS).map((n) => ({ path: '/bench/closed', headers: apiKey(keyText(-n)) }));

/** The peers' servers have one route and take the key in the header that their documentation uses. */
export const toPeer = (keys) => keys.map((n) => ({ path: '/', headers: { 'x-api-key': keyText(n) } }));

/** A member of one organization, asking for that one. */
export const memberOfOne = (n = 1) => [
  { path: `/bench/orgs/${organizationOf(userOfKey(n))}`, headers: apiKey(keyText(n)) },
];

/** The member of all of them, whose key is number `n`, asking for each in turn. */
export const memberOfMany = (n) =>
  organizations.map((id) => ({ path: `/bench/orgs/${id}`, headers: apiKey(keyText(n)) }));

/** `count` different numbers from 1 to `most`, in random order. */
export function sample(count, most) {
  const chosen = new Set();
  while (chosen.size < count) chosen.add(1 + Math.floor(Math.random() * most));
  return [...chosen];
}
