import type { Histogram } from 'prom-client';

const NAME = 'http_request_duration_seconds';
const BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** What was observed of one kind of request. */
interface Series {
  readonly labels: { readonly method: string; readonly route: string; readonly status: number };
  /** By bucket, each alone; the last is of what was longer than all of them. */
  readonly counts: number[];
  sum: number;
}

type Values = Awaited<ReturnType<Histogram['get']>>['values'];

/** What prom-client asks a metric for. */
interface Shown {
  readonly name: string;
  readonly help: string;
  readonly type: 'histogram';
  readonly aggregator: 'sum';
  readonly values: Values;
}

/**
 * The histogram of how long requests take, as prom-client shows it. Its own finds a series by a text that it puts together
 * from the labels at every request (docs/performance.md); here a series is found by three maps.
 */
export class RequestDurations {
  readonly name = NAME;
  private readonly series = new Map<string, Map<string, Map<number, Series>>>();

  observe(method: string, route: string, status: number, seconds: number): void {
    const series = this.seriesOf(method, route, status);
    let bucket = 0;
    while (bucket < BUCKETS.length && seconds > (BUCKETS[bucket] ?? 0)) bucket += 1;
    series.counts[bucket] = (series.counts[bucket] ?? 0) + 1;
    series.sum += seconds;
  }

  /** How many requests were answered with this status. */
  answered(status: number): number {
    return this.all()
      .filter(({ labels }) => labels.status === status)
      .reduce((sum, { counts }) => sum + total(counts), 0);
  }

  /** Every series, its buckets added up from the shortest. */
  get(): Promise<Shown> {
    return Promise.resolve({
      name: NAME,
      help: 'Seconds from the arrival of a request to the end of its answer.',
      type: 'histogram',
      aggregator: 'sum',
      values: this.all().flatMap(valuesOf),
    });
  }

  private all(): Series[] {
    return [...this.series.values()].flatMap((ofRoute) =>
      [...ofRoute.values()].flatMap((ofMethod) => [...ofMethod.values()]),
    );
  }

  private seriesOf(method: string, route: string, status: number): Series {
    const known = this.series.get(route)?.get(method)?.get(status);
    if (known) return known;
    const ofRoute = this.series.get(route) ?? new Map<string, Map<number, Series>>();
    const ofMethod = ofRoute.get(method) ?? new Map<number, Series>();
    const series: Series = {
      labels: { method, route, status },
      counts: Array<number>(BUCKETS.length + 1).fill(0),
      sum: 0,
    };
    this.series.set(route, ofRoute.set(method, ofMethod.set(status, series)));
    return series;
  }
}

function valuesOf({ labels, counts, sum }: Series): Values {
  const buckets = [...BUCKETS, '+Inf'].map((le, index) => ({
    metricName: `${NAME}_bucket`,
    labels: { le, ...labels },
    value: total(counts.slice(0, index + 1)),
  }));
  return [
    ...buckets,
    { metricName: `${NAME}_sum`, labels, value: sum },
    { metricName: `${NAME}_count`, labels, value: total(counts) },
  ];
}

function total(counts: readonly number[]): number {
  return counts.reduce((sum, count) => sum + count, 0);
}
