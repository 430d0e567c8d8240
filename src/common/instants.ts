/**
 * ISO 8601 as Django reads it: `T` or a space, seconds and their fraction optional, and a zone as `Z`, `+02:00`, `+0200` or
 * `+02`. Every part is judged here, for `new Date()` takes 24:00 for the next day and February 30 for March.
 */
const DATETIME =
  /^(\d{4})-(\d{1,2})-(\d{1,2})[T ](\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:[.,](\d{1,6})\d{0,6})?)?\s*(?:(Z)|([+-])(\d{2}):?(\d{2})?)?$/;

/**
 * Why a text names no instant: it is no date and time at all, it doesn't say in which zone, or its zone takes it out of the
 * years that there are.
 */
export type InstantProblem = 'malformed' | 'naive' | 'beyond';

/** The sentence for a date and time without a zone: nobody knows which instant it means. */
export const NAIVE = 'Datetime must name a time zone, like 2030-01-31T12:00:00Z.';

/** The instant that `text` names, of the years 1 to 9999. */
export function readInstant(text: string): Date | InstantProblem {
  const parts = DATETIME.exec(text);
  if (!parts) return 'malformed';
  const [year, month, day, hour, minute, second] = parts.slice(1, 7).map((part) => Number(part ?? 0)) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const [fraction = '', utc, sign, zoneHour = '0', zoneMinute = '0'] = parts.slice(7);
  if (!isDay(year, month, day) || hour > 23 || minute > 59 || second > 59) return 'malformed';
  if (Number(zoneHour) > 23 || Number(zoneMinute) > 59) return 'malformed';
  if (utc === undefined && sign === undefined) return 'naive';
  const offset = (sign === '-' ? -1 : 1) * (Number(zoneHour) * 60 + Number(zoneMinute));
  const instant = new Date(0);
  instant.setUTCFullYear(year, month - 1, day); // Date.UTC takes the years 0 to 99 for 1900 to 1999
  instant.setUTCHours(hour, minute - offset, second, Number(fraction.padEnd(3, '0').slice(0, 3)));
  const within = instant.getUTCFullYear();
  return within >= 1 && within <= 9999 ? instant : 'beyond';
}

function isDay(year: number, month: number, day: number): boolean {
  if (year < 1 || month < 1 || month > 12 || day < 1) return false;
  const last = new Date(0);
  last.setUTCFullYear(year, month, 0);
  return day <= last.getUTCDate();
}

/** The years of instants that are kept: what is added to one, the life of a key, must still be a date that JSON knows. */
const FIRST_YEAR = 1970;
const LAST_YEAR = 9998;
/** The sentence for what lies outside. */
const OUT_OF_RANGE = `Datetime must lie between the years ${FIRST_YEAR} and ${LAST_YEAR}.`;

/** Whether an instant may be kept. */
function isKeepable(instant: Date): boolean {
  const year = instant.getUTCFullYear();
  return year >= FIRST_YEAR && year <= LAST_YEAR;
}

const WRONG_FORMAT =
  'Datetime has wrong format. Use one of these formats instead: YYYY-MM-DDThh:mm[:ss[.uuuuuu]][+HH:MM|-HH:MM|Z].';

/** What is wrong with a value that is to be an instant that can be kept, in one sentence; or nothing. */
export function instantProblem(value: unknown): string | undefined {
  const instant = typeof value === 'string' ? readInstant(value) : 'malformed';
  if (instant === 'malformed') return WRONG_FORMAT;
  if (instant === 'naive') return NAIVE;
  return instant !== 'beyond' && isKeepable(instant) ? undefined : OUT_OF_RANGE;
}

/** The instant that `text` names, or `undefined`: it names none, or one that can't be kept. */
export function parseInstant(text: string): Date | undefined {
  const instant = readInstant(text);
  return instant instanceof Date && isKeepable(instant) ? instant : undefined;
}
