import { Button, CopyButton, type ButtonProps } from '@mantine/core';
import { t } from '../strings/strings';

interface Props extends ButtonProps {
  value: string;
  onCopied?: () => void;
  /** What is copied, where the button alone doesn't say. */
  label?: string;
}

/** Copies a text, and says that it did. */
export function Copy({ value, onCopied, label, ...button }: Props) {
  return (
    <CopyButton value={value} timeout={2000}>
      {({ copied, copy }) => (
        <Button
          size="compact-sm"
          variant={copied ? 'filled' : 'light'}
          color={copied ? 'teal.9' : undefined}
          aria-label={label}
          {...button}
          onClick={() => {
            copy();
            onCopied?.();
          }}
        >
          {copied ? t.common.copied : t.common.copy}
        </Button>
      )}
    </CopyButton>
  );
}
