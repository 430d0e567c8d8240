// The commands of a document's section "First production start", word by word, as two scripts: `build.sh` is its first block,
// which downloads, `run.sh` all others. What is for systemd alone is left out, for a bare root has none.
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const [document, folder] = process.argv.slice(2);
const section = /^## First production start\n([\s\S]*?)^## /m.exec(readFileSync(document, 'utf8'))?.[1];
if (section === undefined) throw new Error(`${document} has no section "First production start".`);

const blocks = [...section.matchAll(/^```sh(?: (\w+))?\n([\s\S]*?)^```$/gm)].map(([, where, text]) => ({
  where,
  text,
}));
if (blocks.length < 8) throw new Error(`Only ${blocks.length} blocks of commands were found.`);
const [build, ...run] = blocks.filter(({ where }) => where !== 'systemd');

// Each command is shown before it runs, and a failure ends it: nothing is passed over.
const script = (parts) =>
  `set -euo pipefail\n${parts.map(({ text }) => `cat <<'SHOWN'\n\n${text}SHOWN\n${text}`).join('')}`;
writeFileSync(path.join(folder, 'build.sh'), script([build]));
writeFileSync(
  path.join(folder, 'run.sh'),
  `${script(run)}\nkill %1; wait %1 || true\nservice postgresql stop\n`,
);
