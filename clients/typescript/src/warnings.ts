/** What the service says beside its answers about the access key that a request came with. */
export type KeyWarning =
  | { readonly kind: 'expiring'; readonly expiresAt: Date; readonly message: string }
  | { readonly kind: 'superseded'; readonly supersededBy: string; readonly message: string };

/**
 * Tells each warning once, however many answers repeat it. Who is told may fail; the answer is there all the same, and with it
 * what was done, so the failure goes to the console.
 */
export class KeyWarnings {
  private readonly told = new Set<string>();

  constructor(private readonly tell: (warning: KeyWarning) => void | Promise<void>) {}

  /** Reads the headers of an answer. */
  read({ headers }: Response): void {
    const expiresAt = headers.get('cryptocomply-key-expires-at');
    if (expiresAt) {
      const message = `The access key expires at ${expiresAt}: rotate it.`;
      void this.once({ kind: 'expiring', expiresAt: new Date(expiresAt), message });
    }
    const supersededBy = headers.get('cryptocomply-key-superseded-by');
    if (supersededBy) {
      const message = `The access key was rotated: move to ${supersededBy}, this one ends soon.`;
      void this.once({ kind: 'superseded', supersededBy, message });
    }
  }

  private async once(warning: KeyWarning): Promise<void> {
    if (this.told.has(warning.message)) return;
    this.told.add(warning.message);
    try {
      await this.tell(warning);
    } catch (error) {
      console.error(warning.message, error);
    }
  }
}
