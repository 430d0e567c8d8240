import { Group, Text } from '@mantine/core';
import { t } from '../strings/strings';

/** The sign and the name of the product. */
export function Brand({ size = 28 }: { size?: number }) {
  return (
    <Group gap={10} wrap="nowrap">
      <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden="true">
        <rect width="32" height="32" rx="8" fill="#324ac7" />
        <path
          d="M20.5 11.2a6.6 6.6 0 1 0 0 9.6"
          fill="none"
          stroke="#fff"
          strokeWidth="3.6"
          strokeLinecap="round"
        />
        <circle cx="21.5" cy="16" r="2.3" fill="#fff" />
      </svg>
      <Text fw={700} fz={size * 0.6} lts="-0.01em">
        {t.common.product}
      </Text>
    </Group>
  );
}
