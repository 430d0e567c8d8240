// `npm run build:guides`: the guides into dist/guides, a page each, and the style that they share. The service serves them at
// /docs/ (src/guides).
import { Marked } from 'marked';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const root = path.join(import.meta.dirname, '..');
const out = path.join(root, 'dist', 'guides');

/** Every page by the name that it has in the address, in the order of the menu; the first is /docs/ itself. */
const PAGES = {
  index: 'docs/guide/README.md',
  quickstart: 'docs/guide/quickstart.md',
  authentication: 'docs/guide/authentication.md',
  'access-keys': 'docs/guide/access-keys.md',
  'provider-keys': 'docs/guide/provider-keys.md',
  'pagination-and-filters': 'docs/guide/pagination-and-filters.md',
  'errors-and-retries': 'docs/guide/errors-and-retries.md',
  errors: 'docs/errors.md',
  staff: 'docs/guide/staff.md',
  gateways: 'docs/guide/gateways.md',
  mcp: 'docs/guide/mcp.md',
  typescript: 'clients/typescript/README.md',
  python: 'clients/python/README.md',
};

const forgotten = readdirSync(path.join(root, 'docs', 'guide')).filter(
  (file) => !Object.values(PAGES).includes(`docs/guide/${file}`),
);
if (forgotten.length > 0) throw new Error(`Guides that no page is made of: ${forgotten.join(', ')}`);

const addressOf = (name) => (name === 'index' ? '/docs/' : `/docs/${name}/`);
const escaped = (text) =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
const slugOf = (text) =>
  text
    .toLowerCase()
    .replaceAll(/[^\w\s-]/g, '')
    .trim()
    .replaceAll(/\s+/g, '-');

/** Where a link of a document leads to among the pages; `undefined`: to a file that is in the repository alone. */
function targetOf(href, source) {
  if (/^(?:https?:|#|\/)/.test(href)) return href;
  const [file, fragment] = href.split('#');
  const target = path.posix.join(path.posix.dirname(source), file);
  const page = Object.entries(PAGES).find(([, made]) => made === target);
  return page && addressOf(page[0]) + (fragment ? `#${fragment}` : '');
}

function markedFor(source) {
  return new Marked({
    renderer: {
      heading({ tokens, depth, text }) {
        return `<h${depth} id="${slugOf(text)}">${this.parser.parseInline(tokens)}</h${depth}>\n`;
      },
      code({ text, lang }) {
        return `<pre tabindex="0" data-language="${escaped(lang ?? '')}"><code>${escaped(text)}\n</code></pre>\n`;
      },
      link({ href, tokens }) {
        const target = targetOf(href, source);
        const text = this.parser.parseInline(tokens);
        return target === undefined ? text : `<a href="${escaped(target)}">${text}</a>`;
      },
      html: ({ text }) => escaped(text),
    },
    hooks: {
      // Wide tables scroll by themselves, by keyboard, too.
      postprocess: (html) =>
        html
          .replaceAll('<table>', '<div class="wide" role="region" aria-label="Table" tabindex="0"><table>')
          .replaceAll('</table>', '</table></div>'),
    },
  });
}

/** The product's sign, as the console has it (web/src/shell/brand.tsx). */
const SIGN = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32" aria-hidden="true"><rect width="32" height="32" rx="8" fill="#324ac7"/><path d="M20.5 11.2a6.6 6.6 0 1 0 0 9.6" fill="none" stroke="#fff" stroke-width="3.6" stroke-linecap="round"/><circle cx="21.5" cy="16" r="2.3" fill="#fff"/></svg>`;

const titleOf = (markdown) => /^# (.+)$/m.exec(markdown)?.[1] ?? '';
const sources = Object.fromEntries(
  Object.entries(PAGES).map(([name, file]) => [name, readFileSync(path.join(root, file), 'utf8')]),
);

function pageOf(name) {
  const title = titleOf(sources[name]);
  const menu = Object.keys(PAGES)
    .map((other) => {
      const current = other === name ? ' aria-current="page"' : '';
      return `<li><a href="${addressOf(other)}"${current}>${escaped(titleOf(sources[other]))}</a></li>`;
    })
    .join('\n        ');
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>${escaped(title)} · CryptoComply</title>
    <link rel="icon" href="data:image/svg+xml,${encodeURIComponent(SIGN)}">
    <link rel="stylesheet" href="/docs/guides.css">
  </head>
  <body>
    <a class="skip" href="#content">Skip to content</a>
    <header>
      <a class="brand" href="/docs/">${SIGN}<span>CryptoComply</span></a>
      <nav aria-label="Product">
        <a href="/api/docs/">Reference</a>
        <a href="/">Console</a>
      </nav>
    </header>
    <div class="guides">
      <nav aria-label="Guides">
        <ul>
        ${menu}
        </ul>
      </nav>
      <main id="content">
${markedFor(PAGES[name]).parse(sources[name])}      </main>
    </div>
  </body>
</html>
`;
}

rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });
const style = readFileSync(path.join(import.meta.dirname, 'guides.css'));
writeFileSync(path.join(out, 'guides.css'), style);
// The index is written last: by its age is judged whether all of them are new enough (build-when-stale.mjs).
for (const name of Object.keys(PAGES).toReversed())
  writeFileSync(path.join(out, `${name}.html`), pageOf(name));
