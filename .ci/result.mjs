// What a run of the suite came to, from Jest's reports.
// `node .ci/result.mjs again REPORT`: the files that failed and may be tried once more by themselves, a line each.
// `node .ci/result.mjs tell REPORT AGAIN TESTS CHECKS START`: what failed, what was skipped, and the count; exits with 1 when
// something failed.
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

/**
 * Two cores run the suite, PostgreSQL, browsers and proxies at once, and a machine may stand still for seconds: what failed
 * there and passes by itself is told, and counts as passed. Never so what throws dice or races: a violation that was seen
 * once is one, whether it comes again or not.
 */
const NEVER_AGAIN =
  /\/(?:contract\/(?:openapi-fuzz|judged-under-the-lock)|faults\/(?:history|lineage|database-crash|several-processes)|gateways\/.*|db\/(?!embedded|cli|operator|least-privilege|list-plans|long-lists|test-database).*|provider-calls\/secrets|http\/(?:admin-users|allowed-networks|credential-uses|idempotency|invitations|login-limits|organizations|passwords|roles|sessions|tokens|access-keys-.*))\.spec\.ts$/;

const [command, report, again, exitOfTests, checks, start] = process.argv.slice(2);
const suitesOf = (file) =>
  existsSync(file) && readFileSync(file, 'utf8') ? JSON.parse(readFileSync(file, 'utf8')).testResults : [];
const first = suitesOf(report);
const failedIn = (suites) => suites.filter(({ status }) => status === 'failed');

if (command === 'again') {
  for (const { name } of failedIn(first))
    if (!NEVER_AGAIN.test(name)) console.log(path.relative(process.cwd(), name));
} else tell();

/** A line for each test that failed, and one for a file that could not be run. */
function failures({ name, message, assertionResults }) {
  const failed = assertionResults.filter(({ status }) => status === 'failed');
  if (failed.length === 0) return [`${path.relative(process.cwd(), name)}\n${message.slice(0, 1_500)}`];
  return failed.map(
    ({ fullName, failureMessages }) => `${fullName}\n${failureMessages.join('\n').slice(0, 1_500)}`,
  );
}

function tell() {
  const second = new Map(suitesOf(again).map((suite) => [suite.name, suite]));
  const last = first.map((suite) => second.get(suite.name) ?? suite);
  const tests = last.flatMap(({ assertionResults }) => assertionResults);
  const count = (status) => tests.filter((test) => test.status === status).length;
  for (const { status, fullName } of tests) if (status === 'pending') console.log(`skipped: ${fullName}`);
  for (const suite of failedIn(first))
    if (second.get(suite.name)?.status === 'passed')
      for (const line of failures(suite)) console.log(`failed at first, passed by itself: ${line}`);

  const failed = failedIn(last).flatMap(failures);
  if (first.length === 0) failed.push('npm test, which ended without a report');
  else if (exitOfTests !== '0' && failedIn(first).length === 0)
    failed.push('npm test, outside of any of its tests');
  if (checks !== '0') failed.push('npm run check');
  const skipped = start === '2' ? 1 : 0;
  if (skipped > 0) console.log('skipped: the first production start, word by word');
  else if (start !== '0') failed.push('npm run test:first-start');
  for (const line of failed) console.log(`failed: ${line}`);
  const passed = count('passed') + (start === '0' ? 1 : 0);
  console.log(`${passed} passed, ${failed.length} failed, ${count('pending') + skipped} skipped`);
  if (failed.length > 0) process.exitCode = 1;
}
