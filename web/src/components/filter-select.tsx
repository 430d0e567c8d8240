import { NativeSelect } from '@mantine/core';

interface Props {
  label: string;
  /** Said while nothing is chosen. */
  all: string;
  value: string | undefined;
  onChange: (value: string) => void;
  /** Value → what it is called. */
  options: Readonly<Record<string, string>>;
}

/** Narrows a list to one of a few words, by the browser's own list of them; the first of them narrows nothing. */
export function FilterSelect({ label, all, value = '', onChange, options }: Props) {
  return (
    <NativeSelect
      aria-label={label}
      data={[
        { value: '', label: all },
        ...Object.entries(options).map(([word, name]) => ({ value: word, label: name })),
      ]}
      value={value}
      onChange={({ currentTarget }) => onChange(currentTarget.value)}
    />
  );
}
