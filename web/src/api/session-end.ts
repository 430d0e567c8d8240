type Waiting = (signedIn: boolean) => void;

/**
 * What happens when a session ends in mid-work: the requests that found out wait, the shell asks to sign in again over
 * the page as it stands, and then they go on. Nothing that was typed is lost.
 */
class SessionEnd {
  private waiting: Waiting[] = [];
  private listener: (() => void) | undefined;

  /** Whether anybody waits for the user to sign in. */
  readonly asks = (): boolean => this.waiting.length > 0;

  /** The shell says that it stands and can ask; returns how to take that back. */
  readonly watch = (listener: () => void): (() => void) => {
    this.listener = listener;
    return () => {
      this.listener = undefined;
      this.settle(false);
    };
  };

  /** True once the user has signed in again; false at once where nobody can be asked. */
  waitForSignIn(): Promise<boolean> {
    if (!this.listener) return Promise.resolve(false);
    return new Promise((resolve) => {
      this.waiting.push(resolve);
      this.listener?.();
    });
  }

  /** Lets everybody go on. */
  settle(signedIn: boolean): void {
    const waiting = this.waiting;
    this.waiting = [];
    for (const go of waiting) go(signedIn);
    this.listener?.();
  }
}

export const sessionEnd = new SessionEnd();
