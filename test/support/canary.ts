/**
 * Every secret that a test run makes or is given, so that at the end of each spec it can be shown that none of them
 * leaked: not into a log, an error, a metric, an audit row, or any table (L2, A2).
 */
const secrets = new Set<string>();

/** How many leading characters are looked up at every position of a text, so that many secrets cost one pass. */
const INDEXED = 10;

/** Every form of every secret, by its first characters: kept, for each refusal of a run is looked through. */
const index = new Map<string, Set<string>>();

/** Fields of answers that carry a secret on purpose, once. */
const BORN_IN = ['key', 'access', 'refresh', 'token'];

/** Remembers a secret. Short texts are ignored: they'd be found by accident. */
export function rememberSecret(secret: string): void {
  if (secret.length < 16 || secrets.has(secret)) return;
  secrets.add(secret);
  for (const form of formsOf(secret)) {
    const start = form.slice(0, INDEXED);
    index.set(start, (index.get(start) ?? new Set()).add(form));
  }
}

/** Fields of requests that carry one. */
const SENT_IN = ['password', 'current_password', 'new_password', 'key', 'refresh', 'token'];

/** Remembers the secrets that an answer hands out. */
export function rememberAnswer(body: unknown): void {
  rememberFields(body, BORN_IN);
}

/** Remembers the secrets that a request body brings. */
export function rememberRequest(body: unknown): void {
  rememberFields(body, SENT_IN);
}

function rememberFields(body: unknown, names: readonly string[]): void {
  if (typeof body !== 'object' || body === null) return;
  for (const name of names) {
    const value = (body as Record<string, unknown>)[name];
    const isMask = typeof value === 'string' && value.startsWith('********'); // shown to everybody, on purpose
    if (typeof value === 'string' && !isMask) rememberSecret(secretPart(value));
  }
}

/** Of an access key the part behind the dot: the prefix is public. Of a token its signature, which nothing derives. */
export function secretPart(credential: string): string {
  return credential.slice(credential.lastIndexOf('.') + 1);
}

/** Throws if `text` holds a remembered secret, in clear or encoded. `where` names the place in the message. */
export function assertNoSecret(text: string, where: string): void {
  for (let i = 0; i + INDEXED <= text.length; i += 1) {
    const forms = index.get(text.slice(i, i + INDEXED));
    if (forms && [...forms].some((form) => text.startsWith(form, i)))
      throw new Error(`A secret leaked into ${where}: …${text.slice(Math.max(0, i - 80), i + INDEXED)}…`);
  }
}

function formsOf(secret: string): string[] {
  const bytes = Buffer.from(secret);
  return [
    secret,
    bytes.toString('base64').replace(/=+$/, ''),
    bytes.toString('base64url'),
    bytes.toString('hex'),
    encodeURIComponent(secret.toWellFormed()),
    JSON.stringify(secret).slice(1, -1),
  ];
}
