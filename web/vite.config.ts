import react from '@vitejs/plugin-react';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, gzip, type ZlibOptions } from 'node:zlib';
import { defineConfig, type Plugin } from 'vite';
import { pagesOf } from './pages.ts';

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
  plugins: [react(), announcePages(), precompress()],
  html: { cspNonce: '__NONCE__' }, // the service puts each answer's own in its place
  build: {
    outDir: '../dist/web',
    emptyOutDir: true,
    modulePreload: { polyfill: false }, // would be an inline script, which the policy forbids
    assetsInlineLimit: 0,
    reportCompressedSize: false,
    chunkSizeWarningLimit: 800, // kB before compression; what is sent, test/console/first-load.spec.ts holds to its limit
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [
            // What every page needs: one file of the libraries, which stay as they are from release to release.
            { name: 'libraries', test: /node_modules/, tags: ['$initial'] },
          ],
        },
      },
    },
  },
  // For `npm run dev`: the page from here, the API from a service that runs beside it.
  server: { proxy: { '/api': { target: 'http://127.0.0.1:8000', changeOrigin: true } } },
});
