import react from '@vitejs/plugin-react';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, gzip, type ZlibOptions } from 'node:zlib';
import { defineConfig, type Plugin } from 'vite';
import { pagesOf } from './pages.ts';
import { oneOf, OVERLAYS, PARTS } from './parts.ts';

/** Everything that a browser gets compressed is compressed once, here, and not by the service for every request. */
function precompress(): Plugin {
  return {
    name: 'precompress',
    apply: 'build',
    async writeBundle({ dir = '' }) {
      const assets = path.join(dir, 'assets');
      const files = (await readdir(assets)).filter((name) => /\.(?:js|css|svg)$/.test(name));
      await Promise.all(
        files.map(async (name) => {
          const file = path.join(assets, name);
          const bytes = await readFile(file);
          await writeFile(`${file}.br`, await promisify(brotliCompress)(bytes));
          await writeFile(
            `${file}.gz`,
            await promisify<Buffer, ZlibOptions, Buffer>(gzip)(bytes, { level: 9 }),
          );
        }),
      );
    },
  };
}

/**
 * Has a browser that knows the comment compile a file whole while it arrives, beside the main thread, and not function by
 * function there as they are called: https://v8.dev/blog/explicit-compile-hints.
 */
function compileOnLoad(): Plugin {
  return {
    name: 'compile-on-load',
    apply: 'build',
    enforce: 'post',
    generateBundle: {
      order: 'post', // it must be the first line, above what Vite puts there itself
      handler(_options, bundle) {
        for (const file of Object.values(bundle)) {
          if (file.type === 'chunk') file.code = `//# allFunctionsCalledOnLoad\n${file.code}`;
        }
      },
    },
  };
}

/** Which files each page needs, for the service to announce with the document (`pages.json`). */
function announcePages(): Plugin {
  return {
    name: 'announce-pages',
    apply: 'build',
    async generateBundle(_options, bundle) {
      const source = JSON.stringify(await pagesOf(path.join(import.meta.dirname, 'src'), bundle), null, 1);
      this.emitFile({ type: 'asset', fileName: 'pages.json', source });
    },
  };
}

export default defineConfig({
  plugins: [react(), announcePages(), compileOnLoad(), precompress()],
  html: { cspNonce: '__NONCE__' }, // the service puts each answer's own in its place
  build: {
    outDir: '../dist/web',
    emptyOutDir: true,
    modulePreload: { polyfill: false }, // would be an inline script, which the policy forbids
    assetsInlineLimit: 0,
    cssCodeSplit: false, // nearly all of it is of every page
    reportCompressedSize: false,
    chunkSizeWarningLimit: 800, // kB before compression; what is sent, test/console/first-load.spec.ts holds to its limit
    rolldownOptions: {
      output: {
        codeSplitting: {
          // Few files: each one more is a request that a page waits for, and a module that the browser links.
          groups: [
            // What every page needs: the libraries, which stay as they are from release to release, and our own.
            { name: 'libraries', test: /node_modules/, tags: ['$initial'], priority: 4 },
            { name: 'console', tags: ['$initial'], priority: 3 },
            { name: 'parts', test: oneOf(PARTS), priority: 2 },
            { name: 'overlays', test: oneOf(OVERLAYS), priority: 1 },
          ],
        },
      },
    },
  },
  // For `npm run dev`: the page from here, the API from a service that runs beside it.
  server: { proxy: { '/api': { target: 'http://127.0.0.1:8000', changeOrigin: true } } },
});
