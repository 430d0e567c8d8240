import { Avatar, Button, type ButtonProps, Text } from '@mantine/core';
import type { ButtonHTMLAttributes, Ref } from 'react';
import { useMe } from '../api/me';
import { t } from '../strings/strings';

interface Props
  extends ButtonProps, Omit<ButtonHTMLAttributes<HTMLButtonElement>, keyof ButtonProps | 'color'> {
  ref?: Ref<HTMLButtonElement>;
}

/** Who is signed in: opens the menu of the account. */
export function AccountButton(props: Props) {
  const { user } = useMe();
  const called = user.name || user.email;
  return (
    <Button
      variant="subtle"
      color="gray"
      c="inherit"
      px={6}
      className="account"
      leftSection={<Avatar size={28} color="ink" />}
      aria-label={t.common.accountMenu(called)}
      aria-haspopup="menu"
      {...props}
    >
      <Text component="span" size="sm" visibleFrom="sm" className="one-line" maw={180}>
        {called}
      </Text>
    </Button>
  );
}
