import { Button, type ButtonProps } from '@mantine/core';
import { t } from '../strings/strings';
import { useCopy } from './use-copy';

interface Props extends ButtonProps {
  value: string;
  onCopied?: () => void;
  /** What is copied, where the button alone doesn't say; what came of it is said by the button. */
  label?: string;
}

const LOOKS = {
  copied: { variant: 'filled', color: 'teal.9', children: t.common.copied },
  refused: { variant: 'light', color: 'red.8', children: t.common.copyByHand },
  ready: { variant: 'light', children: t.common.copy },
};

/** Copies a text, and says that it did, or that it has to be done by hand. */
export function Copy({ value, onCopied, label, ...button }: Props) {
  const [state = 'ready', copy] = useCopy(value, onCopied);
  return (
    <Button
      size="compact-sm"
      aria-label={state === 'ready' ? label : undefined}
      {...LOOKS[state]}
      {...button}
      onClick={() => void copy()}
    />
  );
}
