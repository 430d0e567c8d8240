import { TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { useEffect, useState } from 'react';
import { t } from '../strings/strings';
import { ownLine } from './filters';

/** Searches a list while it is typed; the address follows a little later. */
export function SearchInput({
  value = '',
  onSearch,
  placeholder,
}: {
  value?: string | undefined;
  onSearch: (text: string) => void;
  placeholder?: string;
}) {
  const [text, setText] = useState(value);
  const later = useDebouncedCallback(onSearch, 300);
  useEffect(() => setText(value), [value]);
  return (
    <TextInput
      type="search"
      className={ownLine}
      aria-label={t.common.search}
      placeholder={placeholder ?? t.common.search}
      value={text}
      onChange={({ currentTarget }) => {
        setText(currentTarget.value);
        later(currentTarget.value);
      }}
    />
  );
}
