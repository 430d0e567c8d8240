// `npm run security-table`: writes into docs/security.md which specs hold which requirement, as the titles of the tests
// tell it. With `--check` it fails where that is not so; with a requirement (`-- A4`) it tells the titles.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import prettier from 'prettier';
import { REQUIREMENTS, titles } from './titles.mjs';

const REQUIREMENT = /^[A-NT]\d{1,2}$/;
const DOCUMENT = 'docs/security.md';
/** A row that no test holds says so itself, and why. */
const WITHOUT_TEST = /^(?:left|can’t occur|by the linter): /;

const shown = (file) => `\`${file.replace(/^test\//, '')}\``;

const all = titles();
const [argument] = process.argv.slice(2);
if (REQUIREMENTS.includes(argument)) tell(argument);
else await write(argument === '--check');

function tell(id) {
  for (const { file, line, title } of all.filter(({ ids }) => ids.includes(id)))
    console.log(`${file}:${line}  ${title}`);
}

async function write(check) {
  const before = readFileSync(DOCUMENT, 'utf8');
  const rows = new Set();
  const problems = [];
  const lines = before.split('\n').map((line) => {
    const [first, id = '', promise, held = '', ...more] = line.split('|').map((cell) => cell.trim());
    if (first !== '' || more.length !== 1 || !REQUIREMENT.test(id)) return line;
    rows.add(id);
    const files = [...new Set(all.filter(({ ids }) => ids.includes(id)).map(({ file }) => shown(file)))];
    if (files.length > 0) return `| ${id} | ${promise} | ${files.join(', ')} |`;
    if (!WITHOUT_TEST.test(held)) problems.push(`${id}: no title names it (“… (${id})”).`);
    return line;
  });
  const config = await prettier.resolveConfig(DOCUMENT);
  const after = await prettier.format(lines.join('\n'), { ...config, parser: 'markdown' });
  problems.push(
    ...REQUIREMENTS.filter((id) => !rows.has(id)).map((id) => `${id}: has no row in ${DOCUMENT}.`),
    ...all.flatMap(({ file, line, ids, misplaced }) => [
      ...ids
        .filter((id) => !rows.has(id))
        .map((id) => `${file}:${line} names ${id}, which is no requirement.`),
      ...(misplaced ? [`${file}:${line}: a title names its requirements at its end: “… (A4, F8)”.`] : []),
    ]),
    ...citedFiles(after),
    ...citedRequirements(after),
  );
  if (check && after !== before)
    problems.push(`${DOCUMENT} is not what the titles say: npm run security-table.`);
  if (!check) writeFileSync(DOCUMENT, after);
  for (const problem of problems) console.error(problem);
  if (problems.length > 0) process.exitCode = 1;
}

/** Files that the document names and that aren't there. */
function citedFiles(text) {
  const cited = [...text.matchAll(/`([\w./-]+\.(?:spec\.tsx?|ts))`/g)].map(([, file]) => file);
  return [...new Set(cited)]
    .filter((file) => ![file, path.join('test', file)].some((place) => existsSync(place)))
    .map((file) => `${DOCUMENT} names ${file}, which is not there.`);
}

/** Requirements by which the document answers something else, a bug or a rule of others, and that no test holds. */
function citedRequirements(text) {
  const rows = text.split('\n').filter((line) => /^\| \d/.test(line));
  const cited = rows.flatMap((row) => row.match(/\b[A-NT]\d{1,2}\b/g) ?? []);
  return [...new Set(cited)]
    .filter((id) => !all.some(({ ids }) => ids.includes(id)))
    .map((id) => `${DOCUMENT} answers by ${id}, which no title names.`);
}
