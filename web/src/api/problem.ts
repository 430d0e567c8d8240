/** An answer that is no success, as the service told it (docs/errors.md), or that none came at all. */
export class Problem extends Error {
  constructor(
    /** The HTTP status; 0: no answer came. */
    readonly status: number,
    /** The stable machine word; empty where the body has none. */
    readonly code: string,
    readonly detail: string,
    /** Messages by field; under `non_field_errors` what is about no single one. */
    readonly fields: Readonly<Record<string, string>> = {},
    /** After how many seconds to try again; undefined: it wasn't said. */
    readonly retryAfterSeconds?: number,
  ) {
    super(detail);
    this.name = 'Problem';
  }

  /** The problem that an answer tells. */
  static of(response: Response, body: unknown): Problem {
    const told = isRecord(body) ? body : {};
    const detail = typeof told['detail'] === 'string' ? told['detail'] : '';
    const code = typeof told['code'] === 'string' ? told['code'] : '';
    const retryAfter = Number(response.headers.get('retry-after') ?? Number.NaN);
    const fields = response.status === 400 && detail === '' ? messagesOf(told) : {};
    return new Problem(
      response.status,
      code,
      detail,
      fields,
      Number.isFinite(retryAfter) ? retryAfter : undefined,
    );
  }

  /** What to say of it where no field is in view: its sentence, or the messages of all fields that `shown` doesn't name. */
  sentence(shown: readonly string[] = []): string {
    if (this.detail !== '') return this.detail;
    return Object.entries(this.fields)
      .filter(([name]) => !shown.includes(name))
      .map(([name, message]) => (name === 'non_field_errors' ? message : `${name}: ${message}`))
      .join(' ');
  }
}

function messagesOf(body: Record<string, unknown>): Record<string, string> {
  return Object.fromEntries(messages(body, ''));
}

/** Messages by field; a field of an object within is named by its path: `policy.allowed_networks`. */
function messages(body: Record<string, unknown>, within: string): [string, string][] {
  return Object.entries(body).flatMap(([name, value]) =>
    isRecord(value) && !Object.keys(value).every(isNumber)
      ? messages(value, `${within}${name}.`)
      : [[`${within}${name}`, textsOf(value).join(' ')] as [string, string]],
  );
}

/** The messages of a list's items are named by their places in it. */
const isNumber = (name: string): boolean => /^\d+$/.test(name);

function textsOf(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (Array.isArray(value)) return value.flatMap(textsOf);
  return isRecord(value) ? Object.values(value).flatMap(textsOf) : [];
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
