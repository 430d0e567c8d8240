import { Textarea } from '@mantine/core';
import { tNetworks } from '../strings/strings';

interface Props {
  value: string;
  onChange: (text: string) => void;
  description: string;
  readOnly?: boolean;
  error?: string | undefined;
}

/** Asks from which networks alone something is reached: one a line, none: from everywhere. The service judges them. */
export function NetworksInput({ value, onChange, description, readOnly, error }: Props) {
  return (
    <Textarea
      label={tNetworks.label}
      description={description}
      placeholder={tNetworks.everywhere}
      autosize
      minRows={2}
      maxRows={10}
      spellCheck={false}
      autoComplete="off"
      styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)' } }}
      value={value}
      readOnly={readOnly}
      onChange={({ currentTarget }) => onChange(currentTarget.value)}
      error={error}
    />
  );
}

/** The networks that a text names. */
export const networksOf = (text: string): string[] => text.split(/[\s,]+/).filter(Boolean);

/** Networks as a text, one a line. */
export const textOf = (networks: readonly string[]): string => networks.join('\n');
