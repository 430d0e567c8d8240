import type { INestApplicationContext } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { RecurringJob } from '../../src/common/background/recurring-job.js';

/** Ends the rounds of an instance's recurring jobs, for specs that look at what requests write; `run()` still works. */
export async function pauseRecurringJobs(app: INestApplicationContext): Promise<void> {
  const providers = [...app.get(ModulesContainer).values()].flatMap((module) => [
    ...module.providers.values(),
  ]);
  const jobs = new Set(
    providers.flatMap(({ instance }) => (instance instanceof RecurringJob ? [instance] : [])),
  );
  if (jobs.size < 5) throw new Error('The recurring jobs were not found.');
  for (const job of jobs) await job.onApplicationShutdown();
}
