// What specs noticed before: a sample that was interrupted goes on, and after new tests only what was left is tried again.
import { createHash } from 'node:crypto';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const PLACE = 'reports/mutation/noticed.json';

/** Good while neither `src` nor the spec that noticed the mutant has changed. */
export class Outcomes {
  constructor() {
    this.src = treeOf('src');
    const { src, noticed } = existsSync(PLACE) ? JSON.parse(readFileSync(PLACE, 'utf8')) : {};
    this.noticed = src && src === this.src ? noticed : {};
  }

  /** `{status, by}`, if it was noticed. */
  of(key) {
    const { spec, ...outcome } = this.noticed[key] ?? {};
    return spec !== undefined && spec === hashOf(outcome.by) ? outcome : undefined;
  }

  /** The spec that noticed it before, also if it was changed since. */
  lastBy(key) {
    return this.noticed[key]?.by;
  }

  keep(key, { status, by }) {
    if (by === undefined) return;
    this.noticed[key] = { status, by, spec: hashOf(by) };
    this.write();
  }

  /** Drops all that a spec noticed. */
  forget(spec) {
    this.noticed = Object.fromEntries(Object.entries(this.noticed).filter(([, { by }]) => by !== spec));
    this.write();
  }

  write() {
    mkdirSync(path.dirname(PLACE), { recursive: true });
    writeFileSync(PLACE, JSON.stringify({ src: this.src, noticed: this.noticed }));
  }
}

/** What stands in a folder and in git: two with the same name hold the same. With changes that are in no commit: nothing. */
function treeOf(folder) {
  const git = (...words) => spawnSync('git', words, { encoding: 'utf8' }).stdout.trim();
  return git('status', '--porcelain', '--', folder) === '' ? git('rev-parse', `HEAD:${folder}`) : null;
}

const hashOf = (file) =>
  existsSync(file) ? createHash('sha256').update(readFileSync(file)).digest('hex') : null;
