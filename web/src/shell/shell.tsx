import { AppShell, Box, Burger, Group } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { Outlet } from '@tanstack/react-router';
import { useSyncExternalStore } from 'react';
import { sessionEnd } from '../api/session-end';
import { TextLink } from '../components/links';
import { menuOnDemand } from '../components/menu-on-demand';
import { onDemand } from '../components/on-demand';
import { t } from '../strings/strings';
import { AccountButton } from './account-button';
import { Brand } from './brand';
import { PageList } from './page-list';

/** Loaded when a session ends, and not before: most never see it. */
const SignInAgain = onDemand(async () => (await import('./sign-in-again')).SignInAgain);

const AccountMenu = menuOnDemand(async () => (await import('./account-menu')).AccountMenu);

/** Around every page of somebody who is signed in: the list of pages, the account, and the way to go on when a session ends. */
export function Shell() {
  const [opened, { toggle, close }] = useDisclosure();
  const ended = useSyncExternalStore(sessionEnd.watch, sessionEnd.asks);
  return (
    <AppShell
      header={{ height: 56 }}
      navbar={{ width: 248, breakpoint: 'sm', collapsed: { mobile: !opened } }}
      padding="lg"
    >
      <a className="skip-link" href="#content">
        {t.common.skipToContent}
      </a>
      <AppShell.Header px="md">
        <Group h="100%" justify="space-between" wrap="nowrap">
          <Group gap="sm" wrap="nowrap">
            <Burger
              opened={opened}
              onClick={toggle}
              hiddenFrom="sm"
              size="sm"
              aria-label={opened ? t.common.closeNavigation : t.common.openNavigation}
              aria-expanded={opened}
            />
            <TextLink
              to="/"
              underline="never"
              c="inherit"
              aria-label={`${t.common.product}: ${t.common.home}`}
            >
              <Brand />
            </TextLink>
          </Group>
          <AccountMenu button={(opening) => <AccountButton {...opening} />} menu={{}} />
        </Group>
      </AppShell.Header>
      <AppShell.Navbar p="sm" aria-label={t.common.navigation}>
        <AppShell.Section grow className="scrolls">
          <PageList onLeave={close} />
        </AppShell.Section>
      </AppShell.Navbar>
      <AppShell.Main id="content" tabIndex={-1}>
        <Box maw={1280} mx="auto">
          <Outlet />
        </Box>
      </AppShell.Main>
      {ended && <SignInAgain />}
    </AppShell>
  );
}
