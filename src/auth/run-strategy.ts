import { ApiError } from '../common/errors.js';

/** A Passport strategy as far as running it goes. */
interface RunnableStrategy {
  authenticate(request: unknown, options: object): void;
}

/** A strategy's `fail`, with a reason that is no error of the catalogue: it does not accept the credential. */
export class StrategyRefusal extends Error {}

/**
 * Runs one Passport strategy for one request and gives what it proves. The strategy instance itself is driven (on a
 * prototype child, as Passport does), not a name in Passport's global registry: half the cost of the stock AuthGuard,
 * reasons are kept, and an outage stays an outage. Rejects with the strategy's own error, thrown or failed with; else
 * with StrategyRefusal.
 */
export function runStrategy<Result>(strategy: object, request: unknown): Promise<Result> {
  return new Promise((resolve, reject) => {
    const run = Object.create(strategy) as RunnableStrategy & Record<string, (value: unknown) => void>;
    run.success = (result) => resolve(result as Result);
    run.fail = (challenge) => reject(asRefusal(challenge));
    run.pass = () => reject(new StrategyRefusal('passed'));
    run.redirect = () => reject(new Error('A strategy of an API must not redirect.'));
    run.error = reject; // as it is: an outage must stay recognizable
    run.authenticate(request, {});
  });
}

function asRefusal(challenge: unknown): Error {
  if (challenge instanceof ApiError) return challenge;
  return new StrategyRefusal(challenge instanceof Error ? challenge.message : 'refused');
}
