import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { answerOf, api } from '../api/client';
import { IssuingSwitch } from '../components/policy/issuing-switch';
import { ProblemAlert } from '../components/problem-alert';
import { servicePolicyQuery } from './queries';

/** Stops every new key of every organization, and lets it begin again. */
export function IssuingForEverybody() {
  const client = useQueryClient();
  const { data, error, refetch } = useQuery(servicePolicyQuery);
  const changing = useMutation({
    mutationFn: (issuing_stopped: boolean) =>
      answerOf(api.PATCH('/api/admin/policy/', { body: { issuing_stopped } })),
    onSettled: () => client.invalidateQueries({ queryKey: ['staff'] }),
  });
  if (error && !data) return <ProblemAlert error={error} onRetry={() => void refetch()} />;
  if (!data) return null;
  return (
    <IssuingSwitch
      reach="everybody"
      stopped={data.issuing_stopped}
      may
      pending={changing.isPending}
      error={changing.error}
      onOpen={() => changing.reset()}
      onChange={(stopped, done) => changing.mutate(stopped, { onSuccess: done })}
    />
  );
}
