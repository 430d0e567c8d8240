import type { ProviderOutcome } from '../adapters/adapter.js';

interface Circuit {
  failures: number;
  openUntilMs: number;
  probing: boolean;
}

/**
 * Stops calling a provider that is down: after `threshold` outages in a row nothing is sent for `pauseMs`; then one
 * call goes through as a probe, and its outcome closes the circuit or opens it anew. Only `provider_down` counts as an
 * outage; any other answer is a sign of life. One circuit per provider, host and organization, kept only while failing.
 */
export class CircuitBreaker {
  readonly #circuits = new Map<string, Circuit>();

  constructor(
    private readonly threshold: number,
    private readonly pauseMs: number,
    private readonly nowMs: () => number,
  ) {}

  /** May a request be sent? If not: in how many seconds it makes sense to ask again. Every yes ends in `record`. */
  admit(name: string): { admitted: true } | { admitted: false; retryAfterSeconds: number } {
    const circuit = this.#circuits.get(name);
    if (!circuit || circuit.failures < this.threshold) return { admitted: true };
    const leftMs = circuit.openUntilMs - this.nowMs();
    if (leftMs > 0 || circuit.probing) {
      return { admitted: false, retryAfterSeconds: Math.max(1, Math.ceil(leftMs / 1000)) };
    }
    circuit.probing = true;
    return { admitted: true };
  }

  /** What became of an admitted request; nothing if it was not sent, or told nothing about the provider. */
  record(name: string, outcome: ProviderOutcome | undefined): void {
    const circuit = this.#circuits.get(name);
    if (outcome === undefined) {
      if (circuit) circuit.probing = false;
    } else if (outcome !== 'provider_down') {
      this.#circuits.delete(name);
    } else {
      const failures = (circuit?.failures ?? 0) + 1;
      const openUntilMs = failures >= this.threshold ? this.nowMs() + this.pauseMs : 0;
      this.#circuits.set(name, { failures, openUntilMs, probing: false });
    }
  }
}
