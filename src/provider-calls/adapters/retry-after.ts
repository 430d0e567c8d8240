/** Longest wait that we pass on, in seconds: a month. */
const LONGEST_WAIT = 31 * 86_400;

/** `120`, `120.5`: whole seconds are the standard's form, fractions are what some providers send. */
const SECONDS = /^\d+(?:\.\d+)?$/;

/** The three forms of an HTTP date (RFC 9110 §5.6.7), all of them in GMT, though the last doesn't say so. */
const IMF_FIXDATE = /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/;
const RFC_850 = /^[A-Z][a-z]+day, \d{2}-[A-Z][a-z]{2}-\d{2} \d{2}:\d{2}:\d{2} GMT$/;
const ASCTIME = /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) [A-Z][a-z]{2} [ \d]\d \d{2}:\d{2}:\d{2} \d{4}$/;

/** Of a header that was sent several times; the comma of a date has its day behind it. */
const BETWEEN_VALUES = /,(?! \d{2}[ -])/;

/**
 * How long an answer asks to wait, in whole seconds, rounded up and at most a month: `retry-after-ms` (OpenAI), or
 * `Retry-After` as seconds or as a date (RFC 9110 §10.2.3), of which one in the past is no wait; of several the longest.
 * Nothing for what is neither, a negative number for one: to read it as "at once" would be to press a provider that asks for
 * patience.
 */
export function retryAfterOf(
  headers: Readonly<Record<string, string>>,
  receivedAtMs: number,
): number | undefined {
  const milliseconds = headers['retry-after-ms']?.trim() ?? '';
  const values = (headers['retry-after'] ?? '').split(BETWEEN_VALUES).map((value) => value.trim());
  const seconds = SECONDS.test(milliseconds)
    ? Number(milliseconds) / 1000
    : Math.max(
        ...values.map((value) =>
          SECONDS.test(value) ? Number(value) : (dateOf(value) - receivedAtMs) / 1000,
        ),
      );
  return Number.isNaN(seconds) ? undefined : Math.min(LONGEST_WAIT, Math.max(0, Math.ceil(seconds)));
}

/** Milliseconds since 1970; NaN for what is no HTTP date. `Date.parse` alone takes almost anything for some date. */
function dateOf(text: string): number {
  if (IMF_FIXDATE.test(text) || RFC_850.test(text)) return Date.parse(text);
  return ASCTIME.test(text) ? Date.parse(`${text} GMT`) : Number.NaN;
}
