import { readTracingEnv } from '../config/env.js';
import { logToStderr } from './stderr.js';

/**
 * Runs the service (service.ts), traced if there is somewhere to send traces. What is traced must be loaded after its
 * instrumentation, and without it nothing of that is loaded at all: hence the imports at their time.
 */
export async function runTraced(): Promise<void> {
  const env = readTracingEnv();
  const tracing =
    env &&
    (await import('../tracing/tracing.js')).startTracing(env, (cause) =>
      logToStderr('error', `Traces can't be sent: ${cause}`),
    );
  const { runService } = await import('./service.js');
  await runService(tracing);
}
