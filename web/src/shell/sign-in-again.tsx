import { Button, Modal, Stack, Text } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useSyncExternalStore } from 'react';
import { meQuery, useMe } from '../api/me';
import { sessionEnd } from '../api/session-end';
import { SignInForm } from '../sign-in/sign-in-form';
import { t } from '../strings/strings';

/** Over the page when its session has ended: whoever signs in again goes on where they are. */
export function SignInAgain() {
  const me = useMe();
  const queryClient = useQueryClient();
  const asks = useSyncExternalStore(sessionEnd.watch, sessionEnd.asks);
  return (
    <Modal
      opened={asks}
      onClose={() => undefined}
      withCloseButton={false}
      closeOnEscape={false}
      closeOnClickOutside={false}
      title={t.signIn.ended}
      zIndex={400}
    >
      <Stack>
        <Text size="sm">{t.signIn.endedHelp}</Text>
        <SignInForm
          email={me.user.email}
          onSignedIn={(now) => {
            // Somebody else: nothing on this page is theirs.
            if (now.user.id !== me.user.id) return location.assign('/');
            queryClient.setQueryData(meQuery.queryKey, now);
            sessionEnd.settle(true);
          }}
        />
        <Button variant="subtle" onClick={() => location.assign('/sign-in')}>
          {t.signIn.leave}
        </Button>
      </Stack>
    </Modal>
  );
}
