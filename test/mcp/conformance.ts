// `npm run test:mcp-conformance`: the protocol's official conformance package against /mcp. It needs Node 22 and a server that
// asks for no credential, so it runs on a release from npm, through a proxy that puts an access key on what it sends. Run by its
// own command, for it fetches packages.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer, request as httpRequest, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startTestApp, type TestApp } from '../support/app.js';
import { recordFigure } from '../support/figures.js';
import { freePort } from '../support/free-port.js';

const PACKAGE = '@modelcontextprotocol/conformance@0.1.16';
const ROW = 'the protocol’s official conformance package against `/mcp`';
const NODE = `node-${process.platform}-${process.arch}@22`;

/** A check of the package's, as it writes it into checks.json. */
interface Check {
  readonly id: string;
  readonly status: string;
}

const MET = ['server-initialize', 'ping', 'tools-list', 'dns-rebinding-protection'];

/** What was found, scenario by scenario. */
const told: string[] = [];
let test: TestApp;
let proxy: Server;
let url: string;
beforeAll(async () => {
  const port = await freePort();
  url = `http://127.0.0.1:${port}/mcp`;
  test = await startTestApp({ PUBLIC_ORIGIN: `http://127.0.0.1:${port}` });
  const { key } = await test.make.accessKey(await test.make.member(await test.make.org(), 'Owner'));
  proxy = await signingProxy(port, `Api-Key ${key}`);
});
afterAll(async () => {
  if (told.length === MET.length + 1) recordFigure(ROW, `${PACKAGE.slice(1)}: ${told.join(', ')}`);
  proxy.closeAllConnections();
  proxy.close();
  await test.close();
});

it.each(MET)('%s: every check of the official package is met', async (scenario) => {
  const checks = await run(scenario);
  expect(checks).not.toEqual([]);
  expect(checks.filter(({ status }) => status !== 'SUCCESS')).toEqual([]);
  told.push(`${scenario} passed (${checks.length === 1 ? '1 check' : `${checks.length} checks`})`);
});

it('server-sse-multiple-streams is not for a server without sessions: the package looks for one, warns, and stops', async () => {
  const checks = await run('server-sse-multiple-streams');
  expect(checks).toMatchObject([{ id: 'server-sse-multiple-streams-session', status: 'WARNING' }]);
  told.push('server-sse-multiple-streams does not apply (no sessions: 1 warning)');
});

/** Passes everything on to the service as it is, the `Host` too, with a credential. */
async function signingProxy(port: number, authorization: string): Promise<Server> {
  const server = createServer((request, response) => {
    const { method, url: target, headers } = request;
    const onward = httpRequest(
      test.url + target,
      { method, headers: { ...headers, authorization } },
      (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.rawHeaders);
        answer.pipe(response);
      },
    );
    onward.on('error', () => request.socket.destroy());
    response.on('close', () => onward.destroy());
    request.pipe(onward);
  }).listen(port, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

/** Runs one scenario; what the package found, check by check. */
async function run(scenario: string): Promise<Check[]> {
  const folder = mkdtempSync(path.join(tmpdir(), 'mcp-conformance-'));
  try {
    const words = ['server', '--url', url, '--scenario', scenario, '--output-dir', folder];
    const child = spawn(
      'npm',
      ['exec', '--yes', '--package', NODE, '--package', PACKAGE, '--', 'conformance', ...words],
      { stdio: ['ignore', 'pipe', 'pipe'] },
    );
    const output: Buffer[] = [];
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => output.push(chunk));
    await once(child, 'close');
    const [file] = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
      name.endsWith('checks.json'),
    );
    if (file === undefined) throw new Error(`No checks were made:\n${Buffer.concat(output).toString()}`);
    return JSON.parse(readFileSync(path.join(folder, file), 'utf8')) as Check[];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
