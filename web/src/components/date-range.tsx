import { Text, TextInput } from '@mantine/core';
import { t } from '../strings/strings';
import { beginningOf, dayOf } from './days';
import { ownLine } from './filters';

interface Props {
  /** The first instant, as the API takes it; empty: from the beginning. */
  since: string | undefined;
  /** The instant after the last one; empty: until now. */
  until: string | undefined;
  onChange: (change: { since: string } | { until: string }) => void;
}

/** Narrows a list to whole days of the viewer's, both ends in it. */
export function DateRange({ since, until, onChange }: Props) {
  return (
    <>
      <TextInput
        type="date"
        className={ownLine}
        aria-label={t.common.since}
        title={t.common.since}
        {...said(t.common.sinceShort)}
        value={since ? dayOf(new Date(since)) : ''}
        onChange={({ currentTarget }) =>
          onChange({ since: beginningOf(currentTarget.value)?.toISOString() ?? '' })
        }
      />
      <TextInput
        type="date"
        className={ownLine}
        aria-label={t.common.until}
        title={t.common.until}
        {...said(t.common.untilShort)}
        value={until ? dayOf(new Date(Date.parse(until) - 1)) : ''}
        onChange={({ currentTarget }) =>
          onChange({ until: beginningOf(currentTarget.value, 1)?.toISOString() ?? '' })
        }
      />
    </>
  );
}

/** What a date is, within its field: screen readers are told it in whole words. */
const said = (word: string) => ({
  leftSection: (
    <Text size="xs" c="dimmed" aria-hidden>
      {word}
    </Text>
  ),
  leftSectionWidth: 46,
});
