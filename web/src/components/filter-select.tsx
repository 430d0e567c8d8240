import { Select } from '@mantine/core';

interface Props {
  label: string;
  /** Shown while nothing is chosen. */
  all: string;
  value: string | undefined;
  onChange: (value: string) => void;
  /** Value → what it is called. */
  options: Readonly<Record<string, string>>;
  w?: number | string;
  searchable?: boolean;
}

/** Narrows a list to one of a few words; cleared, it narrows nothing. */
export function FilterSelect({ label, all, value, onChange, options, w = 170, searchable = false }: Props) {
  return (
    <Select
      aria-label={label}
      placeholder={all}
      clearable
      clearButtonProps={{ 'aria-label': `${all}` }}
      searchable={searchable}
      w={w}
      data={Object.entries(options).map(([key, name]) => ({ value: key, label: name }))}
      value={value ?? null}
      onChange={(chosen) => onChange(chosen ?? '')}
    />
  );
}
