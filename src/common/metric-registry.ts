import { Gauge, Registry } from 'prom-client';

/** What was asked for, by the name of its gauge. */
type Answers<Name extends string> = Readonly<Partial<Record<Name, number>>>;

/** The figures of this process for Prometheus: features register their own, metrics/ hands them out. */
export class MetricRegistry extends Registry {
  /**
   * Adds gauges (name → help) whose values the database knows, asked for once whenever somebody looks. Every process would
   * tell the same, so several together tell the largest, not the sum. Without an answer they are absent: an outage of the
   * database must not take the other figures away.
   */
  asked<Name extends string>(
    gauges: Readonly<Record<Name, string>>,
    ask: () => Promise<Answers<Name>>,
  ): void {
    let asking: Promise<Answers<Name> | undefined> | undefined;
    const answers = () =>
      (asking ??= ask()
        .catch(() => undefined)
        .finally(() => (asking = undefined)));
    for (const [name, help] of Object.entries<string>(gauges)) {
      new Gauge({
        name,
        help,
        aggregator: 'max',
        registers: [this],
        async collect() {
          const value = (await answers())?.[name as Name];
          if (value === undefined) this.remove();
          else this.set(value);
        },
      });
    }
  }
}
