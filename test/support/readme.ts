import { readFileSync } from 'node:fs';

/** A program in a document, and what it says that it prints. */
export interface Example {
  /** The heading that it stands under. */
  readonly title: string;
  readonly program: string;
  /** What stands in the next block of text; `undefined`: there is none. */
  readonly output: string | undefined;
}

/** All programs of a language in a Markdown document, in order. */
export function examplesOf(file: string, language: string): Example[] {
  const sections = readFileSync(file, 'utf8').split(/^#+ /m).slice(1);
  return sections.flatMap((section) => {
    const blocks = [...section.matchAll(/^```(\w+)\n(.*?)^```$/gms)].map(([, kind, text = '']) => ({
      kind,
      text,
    }));
    return blocks.flatMap(({ kind, text }, at) => {
      if (kind !== language) return [];
      const next = blocks[at + 1];
      const output = next?.kind === 'text' ? next.text : undefined;
      return [{ title: section.split('\n', 1)[0] ?? '', program: text, output }];
    });
  });
}
