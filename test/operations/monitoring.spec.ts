import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import { startTestApp, type TestApp } from '../support/app.js';
import { run } from '../support/command.js';
import { Figures } from '../support/metrics.js';
import { describeWith } from '../support/programs.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const FOLDER = 'deploy/monitoring';

interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly labels: { readonly severity: string };
}
interface Panel {
  readonly id: number;
  readonly title: string;
  readonly type: string;
  readonly gridPos: Readonly<Record<'x' | 'y' | 'w' | 'h', number>>;
  readonly targets?: readonly { readonly expr: string }[];
}

const textOf = (file: string): string => readFileSync(path.join(FOLDER, file), 'utf8');
const rules = (parse(textOf('alerts.yml')) as { groups: { rules: Rule[] }[] }).groups.flatMap(
  (group) => group.rules,
);
const { panels } = JSON.parse(textOf('dashboard.json')) as { panels: Panel[] };
const charts = panels.filter(({ type }) => type !== 'row');
const expressions = [
  ...rules.map(({ expr }) => expr),
  ...charts.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr)),
];

/** The names of metrics in an expression: what stands before a brace. */
const metricsIn = (expr: string): string[] =>
  [...expr.matchAll(/([a-z][a-z0-9_]*)\{/g)].map(([, name = '']) => name);

describe('The dashboard and the alerts ask for what is there', () => {
  let test: TestApp;
  beforeAll(async () => {
    test = await startTestApp();
  });
  afterAll(() => test.close());

  it('every metric that they name is one of /metrics, or made by Prometheus itself', async () => {
    const { names } = await Figures.of(test.api);
    const known = new Set(names.flatMap((name) => [name, `${name}_bucket`, `${name}_sum`, `${name}_count`]));
    const asked = [...new Set(expressions.flatMap(metricsIn))];
    expect(asked.length).toBeGreaterThan(15);
    expect(asked.filter((name) => !known.has(name) && name !== 'up')).toEqual([]);
  });

  it('every metric of ours is on the dashboard', async () => {
    const { names } = await Figures.of(test.api);
    const shown = charts.flatMap(({ targets = [] }) => targets.flatMap(({ expr }) => metricsIn(expr)));
    const bare = new Set(shown.map((name) => name.replace(/_(?:bucket|sum|count)$/, '')));
    const ours = names.filter((name) => !/^(?:nodejs|process)_/.test(name));
    expect(ours.length).toBeGreaterThan(15);
    expect(ours.filter((name) => !bare.has(name) && !shown.includes(name))).toEqual([]);
  });

  it('the codes of refusals that alerts wait for are counted from 0 on, so that the first one shows', async () => {
    const told = await Figures.of(test.api);
    const codes = rules.flatMap(({ expr }) => [...expr.matchAll(/code="(\w+)"/g)].map(([, code]) => code));
    expect(codes.length).toBeGreaterThan(1);
    for (const code of codes) expect(told.value(`http_refusals_total{code="${code}"}`)).toBe(0);
  });
});

it('no two panels of the dashboard have one id or lie on each other, and none asks for nothing', () => {
  expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
  const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) =>
    Array.from({ length: w * h }, (_, n) => `${x + (n % w)}/${y + Math.floor(n / w)}`),
  );
  expect(new Set(cells).size).toBe(cells.length);
  expect(charts.length).toBeGreaterThan(10);
  expect(charts.filter(({ targets = [] }) => targets.length === 0)).toEqual([]);
});

it('docs/operations.md says what to do about each alert', () => {
  const documented = [...readFileSync('docs/operations.md', 'utf8').matchAll(/^\| `([A-Z][a-z]\w+)` /gm)].map(
    ([, name]) => name,
  );
  expect(documented.toSorted()).toEqual(rules.map(({ alert }) => alert).toSorted());
});

it('a test shows what raises each alert', () => {
  const raised = [...textOf('alerts.test.yml').matchAll(/alertname="(\w+)"/g)].map(([, name]) => name);
  expect([...new Set(raised)].toSorted()).toEqual(rules.map(({ alert }) => alert).toSorted());
});

describeWith('promtool')('Judged by Prometheus itself', () => {
  it('takes the configuration and the rules', async () => {
    const config = await run('promtool', ['check', 'config', '--syntax-only', 'prometheus.yml'], {
      cwd: FOLDER,
    });
    expect(config).toMatchObject({ status: 0 });
    expect(await run('promtool', ['check', 'rules', 'alerts.yml'], { cwd: FOLDER })).toMatchObject({
      status: 0,
      stdout: expect.stringContaining(`${rules.length} rules found`) as string,
    });
  });

  it('raises exactly the alerts of each scenario in alerts.test.yml, and none on a quiet day', async () => {
    const outcome = await run('promtool', ['test', 'rules', 'alerts.test.yml'], { cwd: FOLDER });
    expect(outcome).toMatchObject({ status: 0, stdout: expect.stringContaining('SUCCESS') as string });
  });

  it('understands every expression of the dashboard', async () => {
    const asked = charts.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr));
    const recorded = asked.map((expr, n) => ({
      record: `panel:${n}`,
      expr: expr.replaceAll('$__rate_interval', '5m'),
    }));
    const file = path.join(temporaryFolder(), 'panels.yml');
    writeFileSync(file, JSON.stringify({ groups: [{ name: 'panels', rules: recorded }] }));
    const outcome = await run('promtool', ['check', 'rules', file]);
    expect(outcome).toMatchObject({
      status: 0,
      stdout: expect.stringContaining(`${asked.length} rules found`) as string,
    });
  });
});
