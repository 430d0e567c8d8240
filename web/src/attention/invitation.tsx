import { Button, Group, Text } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { answerOf, api } from '../api/client';
import { ProblemAlert } from '../components/problem-alert';
import { tAttention } from '../strings/strings';
import type { Attention } from './queries';

/** An invitation, to be accepted or declined. */
export function Invitation({
  of: { id, organization, role },
}: {
  of: Attention['invitations']['results'][number];
}) {
  const queryClient = useQueryClient();
  const params = { params: { path: { id } } };
  const onSettled = async () => {
    await queryClient.invalidateQueries({ queryKey: ['me'] });
    await queryClient.invalidateQueries({ queryKey: ['attention'] });
  };
  const accepting = useMutation({
    mutationFn: () => answerOf(api.POST('/api/auth/invitations/{id}/accept/', params)),
    onSettled,
  });
  const declining = useMutation({
    mutationFn: () => answerOf(api.DELETE('/api/auth/invitations/{id}/', params)),
    onSettled,
  });
  return (
    <>
      <Group justify="space-between" gap="xs">
        <Text size="sm">{tAttention.invitation(organization.name, role.name)}</Text>
        <Group gap="xs">
          <Button size="compact-sm" loading={accepting.isPending} onClick={() => accepting.mutate()}>
            {tAttention.accept}
          </Button>
          <Button
            size="compact-sm"
            variant="default"
            loading={declining.isPending}
            onClick={() => declining.mutate()}
          >
            {tAttention.decline}
          </Button>
        </Group>
      </Group>
      <ProblemAlert error={accepting.error ?? declining.error} />
    </>
  );
}
