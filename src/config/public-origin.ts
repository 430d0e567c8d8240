import type { Env } from './env.js';

/** The origin that absolute links are made with, e.g. `https://api.cryptocomply.xyz`. */
export function publicOrigin(env: Env): string {
  return env.PUBLIC_ORIGIN ?? `http://127.0.0.1:${env.PORT}`;
}

/** Every origin that our own pages may come from: PUBLIC_ORIGIN, or the loopback names when it isn't set. */
export function publicOrigins(env: Env): string[] {
  if (env.PUBLIC_ORIGIN) return [env.PUBLIC_ORIGIN];
  return ['127.0.0.1', 'localhost', '[::1]'].map((host) => `http://${host}:${env.PORT}`);
}

/** Whether cookies are `Secure`: always, except for plain http on loopback, where browsers would drop them. */
export function secureCookies(env: Env): boolean {
  const { protocol, hostname } = new URL(publicOrigin(env));
  return !(protocol === 'http:' && ['127.0.0.1', 'localhost', '[::1]'].includes(hostname));
}
