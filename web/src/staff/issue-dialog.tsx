import { Checkbox, Text } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useAttempt } from '../api/attempt';
import { answerOf, api } from '../api/client';
import type { components } from '../api/schema';
import { Dialog } from '../components/dialog';
import { endOf } from '../components/expiry-input';
import { FormDialog } from '../components/form-dialog';
import { NewKey, useMakingKey } from '../components/making-key';
import { tStaff } from '../strings/strings';
import { KeyTermsFields, NO_TERMS, TERM_FIELDS, type Terms, termsOf } from './key-terms-fields';

type Body = components['schemas']['IssueKeyBody'];
const words = tStaff.issue;

/** Issues a key that acts as somebody else. A grant is better: then nobody but its user sees the key. */
export function StaffIssueDialog({ onClose }: { onClose: () => void }) {
  const client = useQueryClient();
  const [terms, setTerms] = useState<Terms>(NO_TERMS);
  const [admin, setAdmin] = useState(false);
  const attemptOf = useAttempt<Body>();
  const issue = () => {
    const { body, header } = attemptOf([terms, admin], () => ({
      ...termsOf(terms),
      expires_at: endOf(terms.expiry),
      ...(terms.organization && { organization: Number(terms.organization) }),
      ...(admin && { admin }),
    }));
    return answerOf(api.POST('/api/admin/access-keys/', { params: { header }, body }));
  };
  const issuing = useMakingKey(issue, {
    onSettled: () => client.invalidateQueries({ queryKey: ['staff'] }),
  });
  if (issuing.data) {
    return (
      <Dialog opened onClose={onClose} title={words.title} size="xl" withCloseButton={false} {...HELD}>
        <NewKey issued={issuing.data} onClose={onClose} />
      </Dialog>
    );
  }
  return (
    <FormDialog
      title={words.title}
      onClose={() => issuing.isPending || onClose()} // nobody closes it over a key that is on its way
      verb={words.verb}
      onSubmit={() => issuing.mutate()}
      pending={issuing.isPending}
      error={issuing.error}
      fields={[...TERM_FIELDS, 'admin']}
      disabled={terms.user === ''}
    >
      <Text size="sm">{words.help}</Text>
      <KeyTermsFields
        terms={terms}
        set={(change) => setTerms((all) => ({ ...all, ...change }))}
        errors={issuing.error?.fields ?? {}}
        userWide
      />
      <Checkbox
        label={words.admin}
        description={words.adminHelp}
        checked={admin}
        onChange={({ currentTarget }) => setAdmin(currentTarget.checked)}
        error={issuing.error?.fields['admin']}
      />
    </FormDialog>
  );
}

/** Once the key is shown, only its own button closes it: that one asks. */
const HELD = { closeOnEscape: false, closeOnClickOutside: false };
