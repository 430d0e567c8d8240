import {
  chmodSync,
  chownSync,
  cpSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { canEnter, serverAccount } from '../../src/database/embedded/account.js';
import { chooseProgram } from '../../src/database/embedded/cluster.js';
import {
  type EmbeddedOptions,
  findEmbeddedPostgres,
  startEmbeddedPostgres,
} from '../../src/database/embedded/embedded-postgres.js';
import { digest } from '../../src/database/embedded/data-folder.js';
import { installedPrograms, runnable } from '../../src/database/embedded/program.js';
import { withClient } from '../../src/database/embedded/roles.js';
import { launch } from '../support/launcher.js';
import { temporaryFolder } from '../support/temporary-folder.js';

jest.setTimeout(120_000); // each makes whole databases, on machines that may be busy

const NOBODY = { uid: 65_534, gid: 65_534 };
const isRoot = process.getuid?.() === 0;
const asRoot = isRoot ? it : it.skip;
// Another account must be able to run this very Node and read this very checkout; in /root it can't.
const othersMayRun =
  isRoot && canEnter(NOBODY, process.cwd()) && canEnter(NOBODY, path.dirname(process.execPath));
const asTwoAccounts = othersMayRun ? it : it.skip;

const optionsFor = (dataDir: string): EmbeddedOptions => ({
  dataDir,
  database: 'cryptocomply',
  durable: false,
});

async function one(url: string): Promise<unknown> {
  return withClient(
    url,
    async (client) => (await client.query<{ one: number }>('SELECT 1 AS one')).rows[0]?.one,
  );
}

describe('the data folder', () => {
  asRoot('may exist, belong to root and be closed to others (as root; else skipped)', async () => {
    const dataDir = path.join(temporaryFolder(), 'data');
    mkdirSync(dataDir, { mode: 0o700 });
    writeFileSync(path.join(dataDir, 'secret.key'), 'x', { mode: 0o600 });
    const server = await startEmbeddedPostgres(optionsFor(dataDir));
    expect(server.dataDir).toBe(dataDir);
    expect(statSync(dataDir)).toMatchObject({ uid: 0, mode: 0o040711 });
    expect(statSync(path.join(dataDir, 'secret.key')).mode & 0o777).toBe(0o600);
    await server.stop();
  });

  asRoot(
    'is replaced by one below /var/lib, which is told, when PostgreSQL could not reach it (as root; else skipped)',
    async () => {
      const closed = temporaryFolder();
      chmodSync(closed, 0o700);
      const options = optionsFor(path.join(closed, 'data'));
      const server = await startEmbeddedPostgres(options);
      try {
        expect(server.dataDir).toBe(path.join('/var/lib/cryptocomply', digest(options.dataDir)));
        const found = await findEmbeddedPostgres(options);
        expect(found?.dataDir).toBe(server.dataDir);
        await found?.stop();
        await server.stop();
        chmodSync(closed, 0o711); // reachable now, but the rows are elsewhere
        const again = await startEmbeddedPostgres(options);
        expect(again.dataDir).toBe(server.dataDir);
        await again.stop();
      } finally {
        rmSync(server.dataDir, { recursive: true, force: true });
      }
    },
  );

  it('may have a path too long for a socket, a space and a quote', async () => {
    const dataDir = path.join(temporaryFolder(), `it's "long" `.repeat(9), 'data');
    mkdirSync(path.dirname(dataDir), { mode: 0o711 });
    const server = await startEmbeddedPostgres(optionsFor(dataDir));
    expect(await one(server.databaseUrl)).toBe(1);
    const socket = String(new URL(server.databaseUrl).searchParams.get('host'));
    expect(path.dirname(socket)).toBe(tmpdir());
    expect(statSync(socket).mode & 0o777).toBe(0o700);
    await server.stop();
    rmSync(socket, { recursive: true });
  });

  it('may be named by a symbolic link and by its real path alike', async () => {
    const folder = temporaryFolder();
    mkdirSync(path.join(folder, 'real'), { mode: 0o711 });
    symlinkSync(path.join(folder, 'real'), path.join(folder, 'link'));
    const server = await startEmbeddedPostgres(optionsFor(path.join(folder, 'link')));
    const found = await findEmbeddedPostgres(optionsFor(path.join(folder, 'real')));
    expect(found?.databaseUrl).toBe(server.databaseUrl);
    await found?.stop();
    await server.stop();
  });

  it('of another PostgreSQL version is not passed over for an empty one', async () => {
    const dataDir = temporaryFolder();
    mkdirSync(path.join(dataDir, 'postgres-9', 'data'), { recursive: true });
    await expect(startEmbeddedPostgres(optionsFor(dataDir))).rejects.toThrow(
      /holds a database of PostgreSQL 9, but this machine has \d+(?:, \d+)*\. Install that version.*DATA_DIR/s,
    );
    expect(readdirSync(dataDir)).toEqual(['postgres-9']);
  });

  it('with something else in the place of the database is left as it is', async () => {
    const dataDir = temporaryFolder();
    const [program] = installedPrograms();
    const data = path.join(dataDir, `postgres-${String(program?.major)}`, 'data');
    mkdirSync(data, { recursive: true });
    writeFileSync(path.join(data, 'diary.txt'), 'x');
    if (isRoot) for (const folder of [path.dirname(data), data]) chmodSync(folder, 0o755);
    await expect(startEmbeddedPostgres(optionsFor(dataDir))).rejects.toThrow(
      /exists but is no database\. Move it away/,
    );
    expect(readdirSync(data)).toEqual(['diary.txt']);
  });
});

describe('the socket’s folder below the temporary folder', () => {
  it('is refused when others may enter it: they could answer in PostgreSQL’s place', async () => {
    const dataDir = path.join(temporaryFolder(), 'x'.repeat(100), 'data');
    mkdirSync(path.dirname(dataDir), { mode: 0o711 });
    const [program] = installedPrograms();
    const cluster = path.join(dataDir, `postgres-${String(program?.major)}`);
    const socket = path.join(tmpdir(), `cryptocomply-${digest(cluster)}`);
    mkdirSync(socket);
    chmodSync(socket, 0o777);
    await expect(startEmbeddedPostgres(optionsFor(dataDir))).rejects.toThrow(
      `${socket} should be a folder of`,
    );
    rmSync(socket, { recursive: true });
  });
});

describe('the programs', () => {
  const packaged = installedPrograms().find((program) => program.packaged);

  it('are copied, with their libraries’ links, when the install ran no scripts or the account can’t enter the checkout', () => {
    if (!packaged)
      throw new Error('the optional dependency @embedded-postgres/<platform>-<arch> is not installed');
    const folder = temporaryFolder();
    const bare = path.join(folder, 'checkout', 'native');
    cpSync(packaged.folder, bare, { recursive: true, filter: (file) => !lstatSync(file).isSymbolicLink() });
    for (const file of [path.dirname(bare), path.join(bare, 'bin'), path.join(bare, 'bin', 'postgres')])
      chmodSync(file, 0o700);
    const spare = path.join(folder, 'spare');
    mkdirSync(spare, { mode: 0o711 });
    const program = runnable({ ...packaged, folder: bare }, serverAccount(null), spare);
    expect(program.folder).toBe(path.join(spare, `program-${String(packaged.packaged)}`));
    expect(runnable({ ...packaged, folder: bare }, serverAccount(null), spare)).toEqual(program); // once
    expect(readdirSync(spare)).toHaveLength(1);
  });

  it('are asked for in a sentence that says how to get them when there are none', () => {
    const place = { folder: temporaryFolder(), account: null, existing: [] };
    expect(() => chooseProgram(place, [])).toThrow(/No PostgreSQL found\. Run `npm ci`.*DATABASE_URL/s);
  });

  it('are tried one after the other, and what kept each from running is told', () => {
    const place = { folder: temporaryFolder(), account: null, existing: [] };
    const broken = { major: 99, folder: '/nonexistent', packaged: null };
    expect(chooseProgram(place, [broken, ...installedPrograms()]).program.major).not.toBe(99);
    expect(() => chooseProgram(place, [broken])).toThrow(
      /that runs here.*\/nonexistent\/bin\/postgres: .*ENOENT/s,
    );
  });
});

describe('the account', () => {
  asTwoAccounts(
    'may be an ordinary one; root then runs its PostgreSQL as that (as root, checkout open to others; else skipped)',
    async () => {
      const home = temporaryFolder();
      chownSync(home, NOBODY.uid, NOBODY.gid);
      const options = optionsFor(path.join(home, 'data'));
      const launched = await launch(options, NOBODY.uid);
      expect(await one(launched.server.databaseUrl)).toBe(1);
      await launched.stop();

      const server = await startEmbeddedPostgres(options);
      expect(server.startedHere).toBe(true);
      expect(statSync(path.join(clusterIn(options.dataDir), 'data', 'postmaster.pid')).uid).toBe(NOBODY.uid);
      const joined = await launch(options, NOBODY.uid);
      expect(joined.server).toMatchObject({ startedHere: false, databaseUrl: server.databaseUrl });
      await joined.stop();
      await server.stop();
      const back = await launch(options, NOBODY.uid);
      await back.stop();
    },
  );

  asTwoAccounts(
    'that can’t use the folder is told so, running or not (as root, checkout open to others; else skipped)',
    async () => {
      const options = optionsFor(path.join(temporaryFolder(), 'data'));
      const server = await startEmbeddedPostgres(options);
      await expect(launch(options, NOBODY.uid)).rejects.toThrow(
        /account can't use the database folder.*Set DATA_DIR/,
      );
      await server.stop();
      await expect(launch(options, NOBODY.uid)).rejects.toThrow(
        /account can't use the database folder.*Set DATA_DIR/,
      );
    },
  );
});

function clusterIn(dataDir: string): string {
  return path.join(dataDir, String(readdirSync(dataDir).find((name) => name.startsWith('postgres-'))));
}
