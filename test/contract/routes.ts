import type { INestApplication } from '@nestjs/common';

/** Pages and files for people, which say nothing of anybody: the API's description and what shows it, the guides, and the web app. */
const PAGES = /^\/api\/(?:docs|schema)(?:$|[/*])|^\/(?:$|(?:assets|docs)(?:$|\/))/;

const CHECK = /^\/api\/auth\/check\//;

/** How the router spells the one path that takes whatever follows, and how everybody else does. */
const PASS_THROUGH = /^\/api\/orgs\/:org_pk\/(?:providers)?\/?\*$/;

/**
 * Every route that the router itself knows, as `GET /api/orgs/{org_pk}/`: whatever declared it, and whether or not the
 * API's description tells of it. `HEAD` and `OPTIONS` are left out: each goes with another method.
 */
export function routesOf(app: INestApplication): string[] {
  const router = app.getHttpAdapter().getInstance() as { printRoutes(options: object): string };
  const parents: string[] = [];
  const routes = router
    .printRoutes({ commonPrefix: false })
    .split('\n')
    .flatMap((line) => {
      const [, indent, part, methods] = /^((?:[│ ] {3})*)[├└]── (.*) \(([A-Z, -]+)\)$/.exec(line) ?? [];
      if (indent === undefined || part === undefined || methods === undefined) {
        if (line.trim() !== '') throw new Error(`The router tells something else than a route: ${line}`);
        return [];
      }
      const depth = indent.length / 4;
      parents.splice(depth, Infinity, part);
      const path = parents.join('');
      if (PAGES.test(path)) return [];
      // a check takes any method, for it is judged by the original request's
      const own = CHECK.test(path) ? ['GET'] : methods.split(', ');
      return own.map((method) => `${method} ${spelled(path)}`);
    })
    .filter((route) => !/^(?:HEAD|OPTIONS) /.test(route));
  return [...new Set(routes)];
}

function spelled(path: string): string {
  if (PASS_THROUGH.test(path)) return '/api/orgs/{org_pk}/providers/{key_type}/{path}';
  const named = path.replace(/:(\w+)/g, '{$1}').replace(/\/?\*$/, '/{path}');
  if (named.endsWith('/{path}')) return named;
  return named.startsWith('/api/') ? `${named.replace(/\/$/, '')}/` : named;
}
