import { Alert, Button, Stack, Text } from '@mantine/core';
import { useEffect, useState } from 'react';
import { Problem } from '../api/problem';
import { t } from '../strings/strings';

/** What a problem means for the user, in a sentence. Fields named in `shown` tell their own messages elsewhere. */
export function sentenceOf(error: unknown, shown: readonly string[] = []): string {
  if (!(error instanceof Problem)) return t.problems.server;
  const { status, code } = error;
  if (status === 503) return t.problems.unavailable;
  if (status >= 500 && code === 'error') return t.problems.server;
  if (status === 403 && code === 'permission_denied') return t.problems.forbidden;
  if (status === 404 && code === 'not_found') return t.problems.notFound;
  if (status === 409 && code === 'edit_conflict') return t.problems.conflict;
  if (status === 409 && code === 'already_issued') return t.problems.alreadyIssued;
  return error.sentence(shown) || t.problems.server;
}

interface Props {
  error: unknown;
  /** Fields whose messages stand beside them; nothing is shown when there are no others. */
  shown?: readonly string[];
  onRetry?: () => void;
  /** It may be put away. */
  onClose?: (() => void) | undefined;
}

/** What went wrong and what to do, where it happened. A limit counts down. */
export function ProblemAlert({ error, shown = [], onRetry, onClose }: Props) {
  if (!error) return null;
  if (error instanceof Problem) {
    const names = Object.keys(error.fields);
    if (names.length > 0 && names.every((name) => shown.includes(name))) return null;
  }
  const throttled = error instanceof Problem && error.status === 429;
  return (
    <Alert
      color="red"
      title={t.problems.title}
      role="alert"
      withCloseButton={onClose !== undefined}
      closeButtonLabel={t.common.close}
      onClose={onClose}
    >
      <Stack gap="xs" align="flex-start">
        {throttled ? (
          <Countdown key={error.message} seconds={error.retryAfterSeconds ?? 0} />
        ) : (
          <Text size="sm">{sentenceOf(error, shown)}</Text>
        )}
        {onRetry && (
          <Button size="compact-sm" variant="default" onClick={onRetry}>
            {t.common.retry}
          </Button>
        )}
      </Stack>
    </Alert>
  );
}

/** The same of what was to open over the page, which stays: what it shows or what was typed in it may be nowhere else. */
export function ProblemOverPage(props: Props) {
  return (
    <div className="over-page">
      <ProblemAlert {...props} />
    </div>
  );
}

function Countdown({ seconds }: { seconds: number }) {
  const [left, setLeft] = useState(seconds);
  useEffect(() => {
    const timer = setInterval(() => setLeft((now) => Math.max(0, now - 1)), 1000);
    return () => clearInterval(timer);
  }, []);
  return <Text size="sm">{t.problems.throttled(left)}</Text>;
}
