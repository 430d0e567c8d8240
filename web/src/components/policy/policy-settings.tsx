import { Alert, Button, Group, Paper, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { t, tPolicy } from '../../strings/strings';
import { ProblemAlert } from '../problem-alert';
import { type Governing, useChange } from './governing';
import { IssuingSwitch } from './issuing-switch';
import { PolicyFields, SHOWN } from './policy-fields';
import { changeOf, differences, inWords, pick, type Values, valuesOf } from './policy-values';
import { WouldBeBlocked } from './would-be-blocked';

const words = tPolicy;

/** An organization's name and what it allows its members to do with keys. */
export function PolicySettings({ governing }: { governing: Governing }) {
  const stopping = useChange(governing, governing.current.etag);
  return (
    <Stack gap="lg" maw={760}>
      <IssuingSwitch
        reach="organization"
        stopped={governing.current.body.policy.issuing_stopped}
        may={governing.may}
        pending={stopping.isPending}
        error={stopping.error}
        onOpen={() => stopping.reset()}
        onChange={(issuing_stopped, done) =>
          stopping.mutate({ policy: { issuing_stopped } }, { onSuccess: done })
        }
      />
      <SettingsForm governing={governing} />
    </Stack>
  );
}

function SettingsForm({ governing }: { governing: Governing }) {
  const { current, may, judged } = governing;
  const now = valuesOf(current.body);
  const [before, setBefore] = useState({ values: now, etag: current.etag });
  const [values, setValues] = useState(now);
  const changing = useChange(governing, before.etag);
  const edited = differences(values, before.values);
  const conflict = changing.error?.code === 'edit_conflict';
  const elsewhere = conflict ? differences(now, before.values) : [];
  const save = () =>
    changing.mutate(changeOf(values, edited), {
      onSuccess: (saved) => {
        setBefore({ values: valuesOf(saved), etag: '*' });
        setValues(valuesOf(saved));
      },
    });
  // What was read anew, after one's own saving, is what the next change begins with.
  if (before.etag === '*' && !changing.isPending && differences(now, before.values).length === 0) {
    setBefore({ values: now, etag: current.etag });
  }
  return (
    <Paper withBorder radius="lg" p="lg">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          save();
        }}
      >
        <Stack gap="lg">
          <PolicyFields
            values={values}
            set={(change) => setValues((all) => ({ ...all, ...change }))}
            locked={!may}
            errors={changing.error?.fields ?? {}}
          />
          {judged && (
            <WouldBeBlocked
              judged={judged}
              values={values}
              blocks={before.values.enforce && edited.length === 0}
            />
          )}
          <ProblemAlert error={changing.error} shown={SHOWN} />
          <Elsewhere changed={elsewhere.map((setting) => [setting, now[setting]])} />
          {may && (
            <Group justify="flex-end">
              {conflict && (
                <Button
                  variant="default"
                  onClick={() => {
                    changing.reset();
                    setBefore({ values: now, etag: current.etag });
                    setValues((mine) => ({ ...now, ...pick(mine, edited) }));
                  }}
                >
                  {words.keepMine}
                </Button>
              )}
              <Button type="submit" loading={changing.isPending} disabled={edited.length === 0 || conflict}>
                {t.common.save}
              </Button>
            </Group>
          )}
        </Stack>
      </form>
    </Paper>
  );
}

/** What somebody else set meanwhile. */
function Elsewhere({ changed }: { changed: readonly [keyof Values, Values[keyof Values]][] }) {
  if (changed.length === 0) return null;
  return (
    <Alert variant="default" title={words.nowTitle}>
      {changed.map(([setting, value]) => (
        <Text size="sm" key={setting}>
          {words.now(words.labels[setting], inWords(value))}
        </Text>
      ))}
    </Alert>
  );
}
