import { Registry, type Histogram } from 'prom-client';
import { RequestDurations } from '../../src/metrics/request-durations.js';

function shown(durations: RequestDurations): Promise<string> {
  const registry = new Registry();
  registry.registerMetric(durations as unknown as Histogram);
  return registry.metrics();
}

describe('the histogram of request durations', () => {
  it('adds its buckets up: each holds what is as short as its bound or shorter', async () => {
    const durations = new RequestDurations();
    for (const seconds of [0.001, 0.0011, 0.3, 12]) durations.observe('GET', '/healthz', 200, seconds);
    const text = await shown(durations);
    const lines = text.split('\n');
    const count = (le: string) =>
      lines.find((line) => line.includes(`_bucket{le="${le}",`))?.replace(/^.* /, '');
    expect(['0.001', '0.0025', '0.25', '0.5', '10', '+Inf'].map(count)).toEqual([
      '1',
      '2',
      '2',
      '3',
      '3',
      '4',
    ]);
    expect(text).toContain('# TYPE http_request_duration_seconds histogram');
    expect(text).toContain(
      'http_request_duration_seconds_count{method="GET",route="/healthz",status="200"} 4',
    );
    expect(Number(/_sum\{[^}]*\} (\S+)/.exec(text)?.[1])).toBeCloseTo(12.3021);
  });

  it('keeps methods, routes and statuses apart, and counts answers by status over all of them', async () => {
    const durations = new RequestDurations();
    durations.observe('GET', '/a', 401, 0.1);
    durations.observe('POST', '/a', 401, 0.1);
    durations.observe('GET', '/b', 401, 0.1);
    durations.observe('GET', '/b', 200, 0.1);
    const counts = (await shown(durations)).match(/_count\{[^}]*\} \d+/g);
    expect(counts).toHaveLength(4);
    expect(counts?.every((line) => line.endsWith(' 1'))).toBe(true);
    expect([200, 401, 403].map((status) => durations.answered(status))).toEqual([1, 3, 0]);
  });
});
