import { Select } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { t } from '../strings/strings';

/** Somebody to choose. */
export interface Choice {
  readonly id: number;
  readonly name: string;
}

/** Where choices are looked up: members, users, organizations. */
export interface Directory {
  readonly queryKey: readonly unknown[];
  /** The first of those whose name holds a text. */
  find: (text: string) => Promise<readonly Choice[]>;
  /** One of them; null: there is none. */
  get: (id: number) => Promise<Choice | null>;
}

interface Props {
  directory: Directory;
  value: string;
  onChange: (id: string) => void;
  /** Above the field, or, with `all`, told to screen readers alone. */
  label: string;
  /** Shown while nothing is chosen, where that means everybody. */
  all?: string;
  error?: string | undefined;
  required?: boolean;
  /** Nobody may be chosen as well. */
  clearable?: boolean;
}

/** Asks for one of many, who are looked up while it is typed. */
export function PersonSelect({
  directory,
  value,
  onChange,
  label,
  all,
  error,
  required = false,
  clearable = all !== undefined,
}: Props) {
  const [text, setText] = useState('');
  const [wanted] = useDebouncedValue(text, 250);
  const found = useQuery({
    queryKey: [...directory.queryKey, 'find', wanted],
    queryFn: () => directory.find(wanted),
    placeholderData: keepPreviousData,
  });
  const chosen = useQuery({
    queryKey: [...directory.queryKey, 'get', value],
    queryFn: () => directory.get(Number(value)),
    enabled: value !== '',
    staleTime: 60_000,
  });
  const choices = [...(chosen.data ? [chosen.data] : []), ...(found.data ?? [])];
  const byId = new Map(choices.map(({ id, name }) => [String(id), name]));
  return (
    <Select
      {...(all === undefined ? { label } : { 'aria-label': label, placeholder: all })}
      clearable={clearable}
      clearButtonProps={{ 'aria-label': all ?? t.common.clear }}
      required={required}
      withAsterisk={false}
      searchable
      w={all === undefined ? undefined : 220}
      data={[...byId].map(([id, name]) => ({ value: id, label: name }))}
      filter={({ options }) => options} // the service has looked already
      nothingFoundMessage={t.common.nobodyFound}
      value={value || null}
      onChange={(id) => onChange(id ?? '')}
      onSearchChange={setText}
      error={error}
    />
  );
}
