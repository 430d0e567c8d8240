import { Box, Group, Text } from '@mantine/core';
import { grouped } from '../components/formats';
import { tOrganization } from '../strings/strings';
import { nameOf } from './provider-key-name';
import type { KeyCalls } from './queries';
import { scaleUpTo } from './scale';
import classes from './usage-chart.module.css';

/** Told apart also by those who see no colours: each is lighter or darker than its neighbours. */
const COLOURS = ['#5873de', '#e8890c', '#0f766e', '#b83280', '#6b7280', '#84a40d', '#7048e8'];

const WIDTH = 960;
const HEIGHT = 240;

interface Props {
  keys: readonly KeyCalls[];
  dates: readonly string[];
}

/** Calls a day, stacked by key. What it shows, the table below it says. */
export function UsageChart({ keys, dates }: Props) {
  const callsOn = (key: KeyCalls, date: string) => key.days.find((day) => day.date === date)?.calls ?? 0;
  const totals = dates.map((date) => keys.reduce((sum, key) => sum + callsOn(key, date), 0));
  const most = Math.max(0, ...totals);
  const marks = scaleUpTo(most);
  const top = marks.at(-1) ?? 1; // where the chart ends
  const step = WIDTH / Math.max(1, dates.length);
  const sum = totals.reduce((all, one) => all + one, 0);
  return (
    <>
      <Box className={classes.plot}>
        <Box className={classes.scale} aria-hidden>
          {marks.map((mark) => (
            <span key={mark} style={{ bottom: `${(mark / top) * 100}%` }}>
              {grouped(mark)}
            </span>
          ))}
        </Box>
        <svg
          viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
          className={classes.chart}
          role="img"
          aria-label={tOrganization.usage.chart(sum, dates.length, most)}
          preserveAspectRatio="none"
        >
          {marks.map((mark) => (
            <line
              key={mark}
              x1={0}
              x2={WIDTH}
              y1={HEIGHT - (mark / top) * HEIGHT}
              y2={HEIGHT - (mark / top) * HEIGHT}
              className={classes.grid}
            />
          ))}
          {dates.map((date, column) => {
            let from = HEIGHT;
            return keys.map((key, index) => {
              const height = (callsOn(key, date) / top) * HEIGHT;
              from -= height;
              return height > 0 ? (
                <rect
                  key={`${date}-${key.id}`}
                  x={column * step + step * 0.12}
                  width={step * 0.76}
                  y={from}
                  height={height}
                  fill={COLOURS[index % COLOURS.length]}
                >
                  <title>{`${date} · ${nameOf(key)}: ${callsOn(key, date)}`}</title>
                </rect>
              ) : null;
            });
          })}
        </svg>
        <Group justify="space-between" mt={6} className={classes.dates}>
          <Text size="xs" c="dimmed">
            {dates[0]}
          </Text>
          <Text size="xs" c="dimmed">
            {tOrganization.usage.most(most)}
          </Text>
          <Text size="xs" c="dimmed">
            {dates.at(-1)}
          </Text>
        </Group>
      </Box>
      <Group gap="md" mt="sm">
        {keys.map((key, index) => (
          <Group key={key.id} gap={6}>
            <span className={classes.swatch} style={{ background: COLOURS[index % COLOURS.length] }} />
            <Text size="sm">{nameOf(key)}</Text>
          </Group>
        ))}
      </Group>
    </>
  );
}
