// The titles of the tests, as the files spell them, and the requirements that they name.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';

/** The requirements that were taken on, by letter: so many of each. `T`: traps that like systems fell into. */
const COUNTS = {
  A: 22,
  B: 15,
  C: 9,
  D: 10,
  E: 8,
  F: 9,
  G: 8,
  H: 12,
  I: 12,
  J: 9,
  K: 7,
  L: 6,
  M: 6,
  N: 9,
  T: 20,
};
export const REQUIREMENTS = Object.entries(COUNTS).flatMap(([letter, count]) =>
  Array.from({ length: count }, (_, n) => `${letter}${n + 1}`),
);

const ID = '[A-NT]\\d{1,2}';
/** A title names its requirements at its end, and nowhere else: `… is refused (A4, F8)`. */
const AT_END = new RegExp(` \\((${ID}(?:, ${ID})*)\\)$`);
const AT_START = new RegExp(`^${ID}(?:[ ,]+${ID})*:? `);

const FOLDERS = ['test', 'web', 'clients'];
const DECLARES = /^(?:it|test|describe|as[A-Z]\w*)\b|^describeWith\(/;

/** Where a folder is kept that isn't ours. */
const FOREIGN = /(?:^|\/)(?:node_modules|dist)\//;

function specs() {
  const found = [];
  for (const folder of FOLDERS) {
    try {
      for (const file of readdirSync(folder, { recursive: true, encoding: 'utf8' }))
        if (/\.spec\.tsx?$/.test(file) && !FOREIGN.test(file)) found.push(path.posix.join(folder, file));
    } catch (error) {
      if (error.code !== 'ENOENT') throw error;
    }
  }
  return found.sort();
}

/** Every title: `{file, line, title, ids}`, and whether it names requirements elsewhere than at its end. */
export function titles() {
  return specs().flatMap(titlesOf);
}

function titlesOf(file) {
  const source = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest, true);
  const found = [];
  const walk = (node) => {
    const [first] = ts.isCallExpression(node) ? node.arguments : [];
    if (first && isText(first) && DECLARES.test(node.expression.getText(source))) {
      const title = first.getText(source).slice(1, -1);
      const line = source.getLineAndCharacterOfPosition(first.getStart(source)).line + 1;
      const ids = AT_END.exec(title)?.[1]?.split(', ') ?? [];
      found.push({ file, line, title, ids, misplaced: AT_START.test(title) });
    }
    ts.forEachChild(node, walk);
  };
  walk(source);
  return found;
}

const isText = (node) => ts.isStringLiteralLike(node) || ts.isTemplateExpression(node);
