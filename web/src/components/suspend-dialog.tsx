import { Select, Text } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { tKeys } from '../strings/strings';
import { Confirm } from './confirm';

interface Props {
  /** What the key is called. */
  name: string;
  /** Until an instant; none: until somebody resumes it. */
  suspend: (until: { until?: string }) => Promise<unknown>;
  onClose: () => void;
}

/** Stops a key for a while. */
export function SuspendDialog({ name, suspend, onClose }: Props) {
  const [seconds, setSeconds] = useState('0');
  const suspending = useMutation({
    mutationFn: () =>
      suspend(seconds === '0' ? {} : { until: new Date(Date.now() + Number(seconds) * 1000).toISOString() }),
    onSuccess: onClose,
  });
  return (
    <Confirm
      title={tKeys.suspend.title(name)}
      opened
      onClose={onClose}
      verb={tKeys.suspend.verb}
      onConfirm={() => suspending.mutate()}
      pending={suspending.isPending}
      error={suspending.error}
    >
      <Text size="sm">{tKeys.suspend.help}</Text>
      <Select
        label={tKeys.suspend.until}
        data={tKeys.suspend.untils.map(({ seconds: value, label }) => ({ value: String(value), label }))}
        value={seconds}
        allowDeselect={false}
        onChange={(value) => setSeconds(value ?? '0')}
      />
    </Confirm>
  );
}
