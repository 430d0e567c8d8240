import { once } from 'node:events';
import {
  createServer,
  type IncomingMessage,
  request as httpRequest,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';

/** What happens to a request on its way instead of arriving: an answer of a proxy's, a broken connection, a lost answer. */
export type Mishap =
  | { readonly status: number; readonly headers?: Record<string, string>; readonly body?: string }
  /** The connection breaks before the service has seen the request. */
  | 'cut'
  /** The service does what was asked, and its answer never arrives. */
  | 'lost';

/** Stands between a client and the service, passes everything on, and lets the next requests meet with mishaps. */
export class UnreliableWay {
  /** Every request that came, `POST /api/orgs/`, with how it was authenticated. */
  readonly seen: { readonly request: string; readonly authorization: string | undefined }[] = [];
  private readonly mishaps: Mishap[] = [];

  private constructor(
    private readonly server: Server,
    private readonly target: string,
  ) {
    server.on('request', (request: IncomingMessage, response: ServerResponse) =>
      this.take(request, response),
    );
  }

  static async to(target: string): Promise<UnreliableWay> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new UnreliableWay(server, target);
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** What happens to the next requests, one each; forgets what was seen. */
  next(...mishaps: Mishap[]): void {
    this.seen.length = 0;
    this.mishaps.splice(0, Infinity, ...mishaps);
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }

  private take(request: IncomingMessage, response: ServerResponse): void {
    this.seen.push({
      request: `${request.method} ${request.url}`,
      authorization: request.headers.authorization,
    });
    const mishap = this.mishaps.shift();
    if (mishap === 'cut') {
      request.socket.destroy();
    } else if (mishap === undefined || mishap === 'lost') {
      this.pass(request, response, mishap === 'lost');
    } else {
      request.resume();
      response.writeHead(mishap.status, mishap.headers).end(mishap.body);
    }
  }

  private pass(request: IncomingMessage, response: ServerResponse, lost: boolean): void {
    const { method, url, headers } = request;
    const onward = httpRequest(this.target + url, { method, headers }, (answer) => {
      if (lost) {
        answer.resume().on('end', () => request.socket.destroy());
      } else {
        response.writeHead(answer.statusCode ?? 502, answer.rawHeaders);
        answer.pipe(response);
      }
    });
    onward.on('error', () => request.socket.destroy());
    request.pipe(onward);
  }
}
