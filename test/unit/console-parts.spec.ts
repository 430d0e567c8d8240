import { statSync } from 'node:fs';
import path from 'node:path';
import { oneOf, OVERLAYS, PARTS } from '../../web/parts.js';

const root = path.join(import.meta.dirname, '..', '..');

describe("The files of the console's build", () => {
  it.each([...PARTS, ...OVERLAYS])('are made of what there is: %s', (name) => {
    expect(statSync(path.join(root, name)).isDirectory()).toBe(name.endsWith('/'));
  });

  it.each([
    ['/app/web/src/components/time.tsx', true],
    ['/app/web/src/components/time.tsx.map', false],
    ['/app/node_modules/@mantine/core/esm/components/List/ListItem/ListItem.mjs', true],
    ['/app/node_modules/@mantine/core/esm/components/ListBox/ListBox.mjs', false],
    ['C:\\app\\web\\src\\components\\time.tsx', true],
  ])('take a module by its path: %s is one of several pages: %s', (module, is) => {
    expect(oneOf(PARTS)(module)).toBe(is);
  });
});
