import type { Operation } from './document.js';

/** The command that calls an operation, to paste into a shell that has the credential in a variable. */
export function curlOf(origin: string, path: string, method: string, operation: Operation): string {
  const body = operation.requestBody?.content['application/json']?.example;
  const parts = [
    method === 'get' ? 'curl' : `curl -X ${method.toUpperCase()}`,
    `'${origin}${pathOf(path, operation)}'`,
    ...credentialOf(operation),
    ...(body === undefined
      ? []
      : [`-H 'Content-Type: application/json'`, `-d '${JSON.stringify(body).replaceAll(`'`, `'\\''`)}'`]),
  ];
  return parts.join(' \\\n  ').replace(/^(curl(?: -X \w+)?) \\\n {2}/, '$1 ');
}

function pathOf(path: string, operation: Operation): string {
  return path.replace(/\{(\w+)\}/g, (_part, name: string) =>
    String(operation.parameters?.find((parameter) => parameter.name === name)?.example),
  );
}

/** The first scheme that opens it: an access key where one does. */
function credentialOf({ security = [] }: Operation): string[] {
  if (security.some((scheme) => 'ApiKey' in scheme)) return ['-H "Authorization: Api-Key $API_KEY"'];
  if (security.some((scheme) => 'Bearer' in scheme)) return ['-H "Authorization: Bearer $ACCESS_TOKEN"'];
  if (security.length === 0) return [];
  const session = security.some((scheme) => 'Session' in scheme) ? 'sessionid=$SESSION; ' : '';
  return [...CSRF, `-b "${session}csrftoken=$CSRF_TOKEN"`];
}

const CSRF = ['-H "X-CSRFToken: $CSRF_TOKEN"', '-H "Origin: $ORIGIN"'];
