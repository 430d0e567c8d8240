import { Select, Text, Textarea } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { components } from '../api/schema';
import { tRequests, tReview } from '../strings/strings';
import { DAY_MS } from './days';
import { FormDialog } from './form-dialog';

type Schemas = components['schemas'];
export type KeyRequest = Schemas['RequestAnswer'];

const words = tRequests;

/** How somebody decides a request: as a manager of its organization, or as staff. */
export interface Decisions {
  approve: (id: number, narrower: Schemas['ApproveRequestBody']) => Promise<unknown>;
  decline: (id: number, reason: string) => Promise<unknown>;
  /** The query that shows something else once it was decided. */
  queryKey: readonly unknown[];
}

interface Props {
  request: KeyRequest;
  decisions: Decisions;
  onClose: () => void;
}

function useDecision<Given>(
  decide: (given: Given) => Promise<unknown>,
  { decisions: { queryKey }, onClose }: Props,
) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: decide,
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey });
      onClose();
    },
  });
}

/** Grants what was asked for, or less of it. */
export function ApproveDialog(props: Props) {
  const { request, decisions, onClose } = props;
  const [level, setLevel] = useState(request.access_level);
  const [days, setDays] = useState('asked');
  const earlier = [7, 30, 90].filter((n) => Date.now() + n * DAY_MS < Date.parse(request.expires_at));
  const approving = useDecision(
    () =>
      decisions.approve(request.id, {
        access_level: level,
        ...(days !== 'asked' && { expires_at: new Date(Date.now() + Number(days) * DAY_MS).toISOString() }),
      }),
    props,
  );
  return (
    <FormDialog
      title={words.approveTitle(request.name)}
      onClose={onClose}
      verb={words.approve}
      onSubmit={() => approving.mutate()}
      pending={approving.isPending}
      error={approving.error}
    >
      <Text size="sm">{words.approveHelp}</Text>
      <Select
        label={words.level}
        data={Object.entries(tReview.levels)
          .filter(([value]) => value === request.access_level || value === 'read_only')
          .map(([value, label]) => ({ value, label }))}
        value={level}
        allowDeselect={false}
        onChange={(value) => setLevel(value as typeof level)}
      />
      <Select
        label={words.expires}
        data={[
          { value: 'asked', label: words.asAsked },
          ...earlier.map((n) => ({ value: String(n), label: words.inDays(n) })),
        ]}
        value={days}
        allowDeselect={false}
        onChange={(value) => setDays(value ?? 'asked')}
      />
    </FormDialog>
  );
}

/** Refuses a request; whoever asked reads why. */
export function DeclineDialog(props: Props) {
  const { request, decisions, onClose } = props;
  const [reason, setReason] = useState('');
  const declining = useDecision(() => decisions.decline(request.id, reason), props);
  return (
    <FormDialog
      title={words.declineTitle(request.name)}
      onClose={onClose}
      verb={words.decline}
      onSubmit={() => declining.mutate()}
      pending={declining.isPending}
      error={declining.error}
      fields={['reason']}
    >
      <Textarea
        label={words.reason}
        description={words.reasonHelp}
        required
        withAsterisk={false}
        autosize
        minRows={2}
        value={reason}
        onChange={({ currentTarget }) => setReason(currentTarget.value)}
        error={declining.error?.fields['reason']}
      />
    </FormDialog>
  );
}
