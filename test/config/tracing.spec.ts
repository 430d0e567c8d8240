import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { InvalidEnvironment, readTracingEnv } from '../../src/config/env.js';
import { testEnv } from '../support/env.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const OTEL_EXPORTER_OTLP_ENDPOINT = 'https://collector.example.com:4318';

it('nothing is traced without an endpoint', () => {
  expect(readTracingEnv({})).toBeUndefined();
  expect(readTracingEnv({ OTEL_SERVICE_NAME: 'auth' })).toBeUndefined();
});

it('headers are names and values, which may be percent-encoded and hold `=`, and come from a file as any secret', () => {
  const file = path.join(temporaryFolder(), 'headers');
  writeFileSync(file, 'authorization=Basic%20YTpi=, x-tenant = a\n');
  expect(readTracingEnv({ OTEL_EXPORTER_OTLP_ENDPOINT, OTEL_EXPORTER_OTLP_HEADERS_FILE: file })).toEqual({
    OTEL_EXPORTER_OTLP_ENDPOINT,
    OTEL_EXPORTER_OTLP_HEADERS: { authorization: 'Basic YTpi=', 'x-tenant': 'a' },
    OTEL_SERVICE_NAME: 'cryptocomply-auth',
    OTEL_PROPAGATORS: 'none',
  });
});

it.each([
  ['OTEL_EXPORTER_OTLP_ENDPOINT', 'collector-canary:4318'],
  ['OTEL_EXPORTER_OTLP_HEADERS', 'canary'],
  ['OTEL_EXPORTER_OTLP_HEADERS', 'authorization=%canary'],
  ['OTEL_PROPAGATORS', 'b3-canary'],
])('a wrong %s keeps the service from starting, by its name and not by its value: %s', (name, value) => {
  const wrong = { OTEL_EXPORTER_OTLP_ENDPOINT, [name]: value };
  expect(readTracingEnv(wrong)).toBeUndefined();
  let problem: unknown;
  try {
    testEnv(wrong);
  } catch (error) {
    problem = error;
  }
  expect(problem).toBeInstanceOf(InvalidEnvironment);
  expect((problem as Error).message).toContain(name);
  expect((problem as Error).message).not.toContain('canary');
});
