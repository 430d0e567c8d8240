import { Client } from '../support/client.js';
import type { Record } from './record.js';
import type { Service } from './world.js';

interface Sample {
  readonly minutes: number;
  readonly rss: number;
  readonly heap: number;
  readonly handles: number;
}

const MEBIBYTE = 1024 * 1024;
/** A process that uses more than this has a leak, or nearly. */
const MOST_RSS = 1024 * MEBIBYTE;

/** What a process uses over time, from its own `/metrics`. */
export class Figures {
  private readonly samples: Sample[] = [];
  private readonly start = performance.now();

  constructor(
    private readonly name: string,
    private readonly service: Service,
  ) {}

  async sample(): Promise<void> {
    const text = await new Client(this.service.url).get('/metrics').then(
      (answer) => answer.text,
      () => '',
    );
    const value = (metric: string): number => Number(new RegExp(`^${metric} (\\S+)$`, 'm').exec(text)?.[1]);
    const sample = {
      minutes: (performance.now() - this.start) / 60_000,
      rss: value('process_resident_memory_bytes'),
      heap: value('nodejs_heap_size_used_bytes'),
      handles: value('nodejs_active_handles_total'),
    };
    if (Number.isFinite(sample.rss)) this.samples.push(sample);
  }

  /** One line: memory at the start, at the end, its slope over the second half, and open handles. */
  report(record: Record): string {
    const [first] = this.samples;
    const last = this.samples.at(-1);
    if (!first || !last) return `${this.name}: not measured`;
    const mebibytes = (bytes: number): string => `${(bytes / MEBIBYTE).toFixed(0)} MiB`;
    const slope = this.slope('rss') / MEBIBYTE;
    const peak = Math.max(...this.samples.map(({ handles }) => handles));
    const line =
      `${this.name}: rss ${mebibytes(first.rss)} → ${mebibytes(last.rss)}, heap ${mebibytes(first.heap)} → ${mebibytes(last.heap)}, ` +
      `slope of the second half ${slope.toFixed(2)} MiB/min, handles ${first.handles} → ${last.handles} (most ${peak})`;
    console.log(line);
    if (last.rss > MOST_RSS) record.violation(`${this.name} uses ${mebibytes(last.rss)}`);
    return line;
  }

  /** Least squares over the second half, per minute. */
  private slope(what: 'rss' | 'heap'): number {
    const half = this.samples.slice(Math.floor(this.samples.length / 2));
    const mean = (of: (sample: Sample) => number): number =>
      half.reduce((sum, sample) => sum + of(sample), 0) / half.length;
    const [x, y] = [mean(({ minutes }) => minutes), mean((sample) => sample[what])];
    const over = half.reduce((sum, sample) => sum + (sample.minutes - x) * (sample[what] - y), 0);
    return over / (half.reduce((sum, { minutes }) => sum + (minutes - x) ** 2, 0) || 1);
  }
}
