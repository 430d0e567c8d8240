import type { Client } from './client.js';

/** What `/metrics` told at one moment. */
export class Figures {
  private constructor(private readonly text: string) {}

  static async of(api: Client): Promise<Figures> {
    const answer = await api.get('/metrics');
    expect(answer.status).toBe(200);
    return new Figures(answer.text);
  }

  /** The names of all metrics, with or without a value. */
  get names(): readonly string[] {
    return [...this.text.matchAll(/^# TYPE (\S+) /gm)].map(([, name = '']) => name);
  }

  /** The value of a series as Prometheus writes it, `logins_total{outcome="ok"}`; `undefined`: there is none. */
  value(series: string): number | undefined {
    const line = this.text.split('\n').find((one) => one.startsWith(`${series} `));
    return line === undefined ? undefined : Number(line.slice(series.length + 1));
  }
}
