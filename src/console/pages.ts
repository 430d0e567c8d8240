import { readFileSync } from 'node:fs';

/** A page as the build describes it (web/pages.ts). */
interface Page {
  /** As the web app's router has it: `/orgs/$orgId/keys`. */
  readonly path: string;
  readonly scripts: readonly string[];
  /** What it reads first of the API. */
  readonly reads: readonly string[];
}

/**
 * What each page of the web app needs besides what every page needs. Announced with the document, it is fetched at once and
 * side by side, and not one after the other as the scripts find out: on a slow line or a slow machine, that is most of what
 * somebody waits for.
 */
export class Pages {
  private constructor(private readonly announced: readonly (readonly [path: RegExp, links: string])[]) {}

  /** The pages that a build describes. */
  static readFrom(file: string): Pages {
    const pages = JSON.parse(readFileSync(file, 'utf8')) as readonly Page[];
    return new Pages(pages.map((page) => [patternOf(page.path), linksOf(page)]));
  }

  /** The elements of the document's head for the page at a path; none for a path that is no page. */
  announcing(path: string): string {
    return this.announced.find(([pattern]) => pattern.test(path))?.[1] ?? '';
  }
}

/** `$orgId` stands for one step of a path. */
function patternOf(path: string): RegExp {
  return new RegExp(`^${path.replaceAll(/\$\w+/g, '[^/]+')}/?$`);
}

function linksOf({ scripts, reads }: Page): string {
  return [
    ...scripts.map((file) => `<link rel="modulepreload" crossorigin href="/${file}">`),
    ...reads.map((url) => `<link rel="preload" as="fetch" crossorigin href="${url}">`),
  ].join('');
}
