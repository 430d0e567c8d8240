import cluster from 'node:cluster';
import { AggregatorRegistry, type Registry } from 'prom-client';

/** Between a worker that is asked for the figures and the supervisor, which alone can ask all workers. */
interface Question {
  readonly ask: 'metrics';
  readonly id: number;
}
interface Answer {
  readonly metrics: string | null;
  readonly id: number;
}

let asked = 0;

/** Makes the figures of this process part of those of all. To be called once, when there are several (process/cluster.ts). */
export function shareMetrics(registry: Registry): void {
  AggregatorRegistry.setRegistries([registry]);
  new AggregatorRegistry(); // listens for the supervisor's question
}

/**
 * The figures of all processes of this service as Prometheus text, added up: whichever of them is asked. Rejects when
 * one doesn't tell its figures within five seconds.
 */
export function metricsOfAll(): Promise<string> {
  const question: Question = { ask: 'metrics', id: (asked += 1) };
  return new Promise((resolve, reject) => {
    const listen = (answer: Answer): void => {
      if (answer.id !== question.id || !('metrics' in answer)) return;
      process.off('message', listen);
      if (answer.metrics === null) reject(new Error('A process did not tell its figures.'));
      else resolve(answer.metrics);
    };
    process.on('message', listen);
    process.send?.(question);
  });
}

/** In the supervisor: asks all workers for whichever of them was asked. */
export function answerMetricsOfAll(): void {
  const all = new AggregatorRegistry();
  cluster.on('message', (worker, { ask, id }: Partial<Question>) => {
    if (ask !== 'metrics') return;
    const answer = (metrics: string | null) => worker.isConnected() && worker.send({ metrics, id });
    all.clusterMetrics().then(answer, () => answer(null));
  });
}
