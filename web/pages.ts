import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Rolldown } from 'vite';

/** A page, and what a browser needs of it besides what every page needs. */
interface Page {
  /** As the router has it: `/orgs/$orgId/keys`. */
  path: string;
  scripts: string[];
  /** What it reads first of the API. */
  reads: string[];
}

/** What is open to whoever isn't signed in; all else begins with who is. */
const OPEN = ['sign-in', 'set-password'];

/** What a page shows of the API from its first sight on, beside who is signed in. */
const SHOWN_FIRST: Readonly<Record<string, readonly string[]>> = { '/': ['/api/auth/attention/'] };

/** How a feature's `routes.tsx` declares a page: its path, and, in the same call, the module that it is loaded from. */
const DECLARED = /path: '([^']+)',(?:(?!createRoute)[\s\S])*?import\('([^']+)'\)/g;

/** The pages that the features declare, with their files of a build. Throws Error where a page has none. */
export async function pagesOf(src: string, bundle: Rolldown.OutputBundle): Promise<Page[]> {
  const chunks = Object.values(bundle).filter((file) => file.type === 'chunk');
  const initial = filesOf(
    chunks.filter(({ isEntry }) => isEntry),
    bundle,
  );
  const pages: Page[] = [];
  for (const feature of await readdir(src, { withFileTypes: true })) {
    if (!feature.isDirectory()) continue;
    const routes = await readFile(path.join(src, feature.name, 'routes.tsx'), 'utf8').catch(() => '');
    for (const [, at = '', module = ''] of routes.matchAll(DECLARED)) {
      const source = path.join(src, feature.name, `${module}.tsx`);
      const chunk = chunks.find(({ facadeModuleId }) => facadeModuleId === source);
      if (!chunk) throw new Error(`${at}: no file of the build is of ${source}`);
      const files = [...filesOf([chunk], bundle)].filter((file) => !initial.has(file));
      pages.push({
        path: at,
        scripts: files,
        reads: OPEN.includes(feature.name) ? [] : ['/api/auth/me/', ...(SHOWN_FIRST[at] ?? [])],
      });
    }
  }
  return pages;
}

/** Chunks, and all that they import. */
function filesOf(chunks: readonly Rolldown.OutputChunk[], bundle: Rolldown.OutputBundle): Set<string> {
  const files = new Set<string>();
  const add = (chunk: Rolldown.OutputChunk) => {
    if (files.has(chunk.fileName)) return;
    files.add(chunk.fileName);
    for (const imported of chunk.imports) {
      const file = bundle[imported];
      if (file?.type === 'chunk') add(file);
    }
  };
  for (const chunk of chunks) add(chunk);
  return files;
}
