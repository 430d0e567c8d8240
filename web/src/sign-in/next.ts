/** Where to go after signing in: a path of ours, or Home. `//elsewhere` and `/\elsewhere` would be another site. */
export function ownPath(next: unknown): string {
  return typeof next === 'string' && /^\/(?![/\\])[^\\]*$/.test(next) ? next : '/';
}
