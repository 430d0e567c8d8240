import { Text, Textarea } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useAttempt } from '../api/attempt';
import { answerOf, api } from '../api/client';
import type { components } from '../api/schema';
import { endOf } from '../components/expiry-input';
import { FormDialog } from '../components/form-dialog';
import { tStaff } from '../strings/strings';
import { useDone } from './done';
import { KeyTermsFields, NO_TERMS, TERM_FIELDS, type Terms, termsOf } from './key-terms-fields';

type Body = components['schemas']['IssueGrantBody'];
const words = tStaff.grants;

/** Lets a user make a key that nobody else ever sees. */
export function GrantDialog({ onClose }: { onClose: () => void }) {
  const [terms, setTerms] = useState<Terms>(NO_TERMS);
  const [reason, setReason] = useState('');
  const attemptOf = useAttempt<Body>();
  const granting = useMutation({
    mutationFn: () => {
      const { body, header } = attemptOf([terms, reason], () => ({
        ...termsOf(terms),
        organization: Number(terms.organization),
        key_expires_at: endOf(terms.expiry),
        reason,
      }));
      return answerOf(api.POST('/api/admin/access-key-grants/', { params: { header }, body }));
    },
    onSuccess: useDone(onClose),
  });
  const errors = granting.error?.fields ?? {};
  return (
    <FormDialog
      title={words.grantTitle}
      onClose={onClose}
      verb={words.grantVerb}
      onSubmit={() => granting.mutate()}
      pending={granting.isPending}
      error={granting.error}
      fields={[...TERM_FIELDS, 'reason']}
      disabled={terms.user === '' || terms.organization === ''}
    >
      <Text size="sm">{words.grantHelp}</Text>
      <KeyTermsFields
        terms={terms}
        set={(change) => setTerms((all) => ({ ...all, ...change }))}
        errors={errors}
        userWide={false}
      />
      <Textarea
        label={words.reason}
        description={words.reasonHelp}
        required
        withAsterisk={false}
        autosize
        minRows={2}
        maxLength={500}
        value={reason}
        onChange={({ currentTarget }) => setReason(currentTarget.value)}
        error={errors['reason']}
      />
    </FormDialog>
  );
}
