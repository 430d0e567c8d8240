import { answerOf, api } from '../api/client';
import type { Me } from '../api/me';

/** Opens a session; throws Problem where e-mail and password open no account. */
export async function signIn(email: string, password: string): Promise<Me> {
  await answerOf(api.GET('/api/auth/csrf/')); // one of our own for a browser that has none, or one of an ended session
  return answerOf(api.POST('/api/auth/login/', { body: { email, password } }));
}

/** Ends the session. The page is loaded anew, so that nothing of it stays in memory. */
export async function signOut(): Promise<void> {
  await answerOf(api.POST('/api/auth/logout/'));
  location.assign('/sign-in');
}
