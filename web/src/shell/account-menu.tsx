import { Menu, SegmentedControl, Stack, Text, useMantineColorScheme } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useMe } from '../api/me';
import { signOut } from '../sign-in/sign-in';
import { AccountButton } from './account-button';
import { t } from '../strings/strings';

/** The account, how the console looks, and the way out. It is open when it is first shown. */
export function AccountMenu() {
  const { user } = useMe();
  const navigate = useNavigate();
  const leaving = useMutation({ mutationFn: signOut });
  return (
    <Menu width={260} position="bottom-end" defaultOpened>
      <Menu.Target>
        <AccountButton />
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label className="one-line">{user.email}</Menu.Label>
        <Menu.Item onClick={() => void navigate({ to: '/account' })}>{t.common.account}</Menu.Item>
        <Menu.Item component="a" href="/api/docs/" target="_blank" rel="noreferrer">
          {t.common.apiReference}
        </Menu.Item>
        <Menu.Divider />
        <ColourScheme />
        <Menu.Divider />
        <Menu.Item color="red" onClick={() => leaving.mutate()}>
          {t.common.signOut}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

function ColourScheme() {
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  return (
    <Stack gap={4} px="sm" py={6}>
      <Text size="xs" c="dimmed" id="colours">
        {t.common.colours}
      </Text>
      <SegmentedControl
        size="xs"
        aria-labelledby="colours"
        value={colorScheme}
        onChange={(value) => setColorScheme(value as typeof colorScheme)}
        data={[
          { value: 'light', label: t.common.light },
          { value: 'dark', label: t.common.dark },
          { value: 'auto', label: t.common.asSystem },
        ]}
      />
    </Stack>
  );
}
