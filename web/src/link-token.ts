/**
 * The token of a link to set a password. It stands in the address's fragment, which no server is told, and is taken out
 * before anything else of the page is loaded, so that neither the history nor anybody who looks at the address has it.
 */
export const linkToken = takeToken();

function takeToken(): string | undefined {
  if (location.pathname.replace(/\/$/, '') !== '/set-password' || location.hash.length < 2) return undefined;
  const fragment = location.hash.slice(1);
  history.replaceState(null, '', location.pathname);
  return new URLSearchParams(fragment).get('token') ?? fragment;
}
