/** A day of 24 hours, in milliseconds. */
export const DAY_MS = 86_400_000;

/** The viewer's date of an instant, as a field of dates takes it: `2030-01-31`. */
export function dayOf(instant: Date): string {
  const two = (number: number) => String(number).padStart(2, '0');
  return `${instant.getFullYear()}-${two(instant.getMonth() + 1)}-${two(instant.getDate())}`;
}

/** The instant at which a date of the viewer's begins, so many days later; undefined: that is no date. */
export function beginningOf(date: string, daysLater = 0): Date | undefined {
  const instant = new Date(`${date}T00:00:00`);
  if (Number.isNaN(instant.getTime())) return undefined;
  instant.setDate(instant.getDate() + daysLater); // by the calendar: a day may have 23 or 25 hours
  return instant;
}
