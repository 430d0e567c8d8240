import type { INestApplication } from '@nestjs/common';

/** Pages and files for people, which say nothing of anybody: the description of the API, and what shows it. */
const PAGES = /^\/api\/(?:docs|schema)(?:$|[/*])/;

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
      const [, indent, part, methods] = /^((?:[│ ] {3})*)[├└]── (.*) \(([A-Z, ]+)\)$/.exec(line) ?? [];
      if (indent === undefined || part === undefined || methods === undefined) {
        if (line.trim() !== '') throw new Error(`The router tells something else than a route: ${line}`);
        return [];
      }
      const depth = indent.length / 4;
      parents.splice(depth, Infinity, part);
      const path = parents.join('');
      return PAGES.test(path) ? [] : methods.split(', ').map((method) => `${method} ${spelled(path)}`);
    })
    .filter((route) => !/^(?:HEAD|OPTIONS) /.test(route));
  return [...new Set(routes)];
}

function spelled(path: string): string {
  if (PASS_THROUGH.test(path)) return '/api/orgs/{org_pk}/providers/{key_type}/{path}';
  const named = path.replace(/:(\w+)/g, '{$1}');
  return named.startsWith('/api/') ? `${named.replace(/\/$/, '')}/` : named;
}
