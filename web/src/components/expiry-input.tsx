import { Select, TextInput } from '@mantine/core';
import { tExpiry } from '../strings/strings';
import { DAY_MS, dayOf } from './days';
import { dateInWords } from './formats';

const PRESETS = [7, 30, 60, 90, 180, 365] as const;
/** How much earlier than a policy's last moment the longest life ends: clocks differ. */
const MARGIN_MS = 60_000;
const ON_A_DATE = 'date';
const NEVER = 'never';
const AS_IT_IS = 'as it is';
/** The last date that the service keeps. */
const LAST_DATE = '9998-12-31';

/** When a key is to end: after so many days, at the end of a date of the viewer's (`2030-01-31`), never, or when it ends already. */
export type Expiry = { days: number } | { date: string } | typeof NEVER | typeof AS_IT_IS;

/** The usual life of a key, in days. */
export const USUAL_DAYS = 90;

const inDays = (days: number) => new Date(Date.now() + days * DAY_MS - MARGIN_MS);

/** The instant of an expiry, no later than `longest` days from now; null: never, or what was given is no date. */
export function instantOf(expiry: Expiry, longest?: number): Date | null {
  if (expiry === NEVER || expiry === AS_IT_IS) return null;
  const wanted = 'days' in expiry ? inDays(expiry.days) : new Date(`${expiry.date}T23:59:59`);
  if (Number.isNaN(wanted.getTime())) return null;
  return longest === undefined ? wanted : new Date(Math.min(wanted.getTime(), inDays(longest).getTime()));
}

/**
 * An expiry as the service takes it; null: never, and only where that was chosen. What is no date goes as it was typed, so
 * that the service refuses it. Errors: an end that stays is not sent.
 */
export function endOf(expiry: Expiry, longest?: number): string | null {
  if (expiry === AS_IT_IS) throw new Error('An end that stays is not sent.');
  if (expiry === NEVER) return null;
  const typed = 'date' in expiry ? expiry.date : '';
  return instantOf(expiry, longest)?.toISOString() ?? typed;
}

interface Props {
  label: string;
  description?: string;
  value: Expiry;
  onChange: (expiry: Expiry) => void;
  /** Of the policy, in days; none: there is no limit, and it may be that the key never ends. */
  longest?: number | undefined;
  /** How it is called that the end stays; it is offered then, and in place of none. */
  asItIs?: string;
  error?: string | undefined;
}

/** Asks when a key is to end: usual lives with their date in words, or a date of one's own. */
export function ExpiryInput({ label, description, value, onChange, longest, asItIs, error }: Props) {
  const chosen = typeof value === 'string' ? value : 'days' in value ? String(value.days) : ON_A_DATE;
  const choose = (next: string | null) => {
    if (next === NEVER || next === AS_IT_IS) onChange(next);
    else if (next === ON_A_DATE) onChange({ date: '' });
    else onChange({ days: Number(next) });
  };
  return (
    <>
      <Select
        label={label}
        description={description}
        data={[
          ...(asItIs === undefined ? [] : [{ value: AS_IT_IS, label: asItIs }]),
          ...presetsWithin(longest).map((days) => ({
            value: String(days),
            label: tExpiry.preset(days, dateInWords(inDays(days))),
          })),
          { value: ON_A_DATE, label: tExpiry.onDate },
          ...(longest === undefined && asItIs === undefined ? [{ value: NEVER, label: tExpiry.never }] : []),
        ]}
        value={chosen}
        allowDeselect={false}
        onChange={choose}
        error={chosen === ON_A_DATE ? undefined : error}
      />
      {chosen === ON_A_DATE && (
        <TextInput
          type="date"
          label={tExpiry.date}
          required
          withAsterisk={false}
          min={dayOf(new Date(Date.now() + DAY_MS))}
          max={longest === undefined ? LAST_DATE : dayOf(inDays(longest))}
          value={typeof value === 'object' && 'date' in value ? value.date : ''}
          onChange={({ currentTarget }) => onChange({ date: currentTarget.value })}
          error={error}
        />
      )}
    </>
  );
}

/** The usual lives that a policy allows, and its own longest. */
function presetsWithin(longest: number | undefined): readonly number[] {
  return longest === undefined
    ? PRESETS
    : [...new Set([...PRESETS.filter((days) => days < longest), longest])];
}
