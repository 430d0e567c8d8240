import { FakeCastellum } from './castellum.fake.js';
import { FakeChainalysis } from './chainalysis.fake.js';
import type { FakeProvider } from './fake-provider.js';
import { FakeOpenAi } from './openai.fake.js';
import { FakeOpenSanctions } from './open-sanctions.fake.js';
import { FakePerplexity } from './perplexity.fake.js';
import { RedirectTrap } from './redirect-trap.js';
import { FakeTrm } from './trm.fake.js';
import { FakeWorldCheck } from './world-check.fake.js';

/** All seven providers, by key type, and the trap that their redirects lead to. */
export class FakeProviders {
  readonly H = new FakeChainalysis();
  readonly T = new FakeTrm();
  readonly O = new FakeOpenSanctions();
  readonly W = new FakeWorldCheck();
  readonly C = new FakeCastellum();
  readonly A = new FakeOpenAi();
  readonly P = new FakePerplexity();
  readonly trap = new RedirectTrap();

  get byType(): Readonly<Record<'H' | 'T' | 'O' | 'W' | 'C' | 'A' | 'P', FakeProvider>> {
    const { H, T, O, W, C, A, P } = this;
    return { H, T, O, W, C, A, P };
  }

  /** Starts all, on consecutive ports from `firstPort` on, or on free ones. */
  async start(firstPort = 0): Promise<void> {
    const fakes = [...Object.values(this.byType), this.trap];
    for (const [index, fake] of fakes.entries()) {
      await fake.start(firstPort === 0 ? 0 : firstPort + index);
    }
    for (const fake of fakes) fake.redirectTo = this.trap.baseUrl;
  }

  async stop(): Promise<void> {
    for (const fake of [...Object.values(this.byType), this.trap]) await fake.stop();
  }

  reset(): void {
    for (const fake of [...Object.values(this.byType), this.trap]) fake.reset();
  }

  /** Origin by key type, in the form in which the service takes them instead of the real ones. */
  get baseUrls(): Record<string, string> {
    return Object.fromEntries(Object.entries(this.byType).map(([type, fake]) => [type, fake.baseUrl]));
  }
}
