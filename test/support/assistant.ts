import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { assertNoSecret, rememberRequest } from './canary.js';
import { type Credential, headersOf } from './client.js';

/** The revisions of the protocol that are spoken. */
export const REVISIONS = ['2025-11-25', '2026-07-28'] as const;
export type Revision = (typeof REVISIONS)[number];

/** What a tool answered: our part of the result. */
export interface ToolAnswer {
  readonly isError: boolean;
  // Tests compare answers whole; their shape is what they are there to check.
  readonly content: ReturnType<typeof JSON.parse>;
}

/** An assistant with one credential at one instance of the service, through the protocol's official client. */
export class Assistant {
  private constructor(
    private readonly client: Client,
    private readonly credential: Credential,
  ) {}

  static async connect(
    url: string,
    credential: Credential,
    revision: Revision = '2026-07-28',
  ): Promise<Assistant> {
    const mode = revision === '2026-07-28' ? { pin: revision } : 'legacy';
    const client = new Client({ name: 'test', version: '1' }, { versionNegotiation: { mode } });
    const headers = headersOf(credential);
    await client.connect(
      new StreamableHTTPClientTransport(new URL('/mcp', url), { requestInit: { headers } }),
    );
    return new Assistant(client, credential);
  }

  /** The same credential at another instance, in another revision. */
  at(url: string, revision: Revision): Promise<Assistant> {
    return Assistant.connect(url, this.credential, revision);
  }

  /** The revision that both sides agreed on. */
  get revision(): string | undefined {
    return this.client.getNegotiatedProtocolVersion();
  }

  /** The tools that are listed, as they are listed. */
  async tools(): ReturnType<Client['listTools']> {
    return this.client.listTools();
  }

  async toolNames(): Promise<string[]> {
    return (await this.tools()).tools.map(({ name }) => name);
  }

  /** Calls a tool; no answer holds a secret, and its text says the same as its object. */
  async call(name: string, args: Record<string, unknown> = {}): Promise<ToolAnswer> {
    rememberRequest(args);
    const {
      isError = false,
      structuredContent,
      content,
    } = await this.client.callTool({ name, arguments: args });
    const [only] = content;
    if (content.length !== 1 || only?.type !== 'text') throw new Error('One text was promised.');
    assertNoSecret(only.text, `an answer of ${name}`);
    expect(JSON.parse(only.text)).toEqual(structuredContent);
    return { isError: isError === true, content: structuredContent };
  }

  /** Both steps of a write: the answer to the second. */
  async confirm(name: string, args: Record<string, unknown>): Promise<ToolAnswer> {
    const first = await this.call(name, args);
    expect(first).toMatchObject({ isError: false, content: { status: 'confirm' } });
    return this.call(name, { ...args, confirm_token: first.content.confirm_token as string });
  }

  close(): Promise<void> {
    return this.client.close();
  }
}
