/** The page at `/api/docs/`. It holds no script of its own, for none but files of ours may run (`script-src 'self'`). */
export const PAGE = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>CryptoComply API</title>
    <link rel="icon" href="data:," />
  </head>
  <body>
    <div id="reference"></div>
    <script src="/api/docs/scalar.js"></script>
    <script src="/api/docs/page.js"></script>
  </body>
</html>
`;

/**
 * Shows the document. An access key is entered as it is, and sent with its scheme word; a write by the session that the
 * browser holds carries the CSRF token. Nothing that was entered is kept.
 */
export const PAGE_SCRIPT = `'use strict';

const ACCESS_KEY = /^(?:Api-Key )?([A-Za-z0-9]{8}\\.[A-Za-z0-9]{32})$/i;

function cookie(name) {
  const found = document.cookie.split('; ').find((pair) => pair.startsWith(name + '='));
  return found && decodeURIComponent(found.slice(name.length + 1));
}

Scalar.createApiReference('#reference', {
  url: '/api/schema/',
  authentication: { preferredSecurityScheme: 'ApiKey' },
  persistAuth: false,
  telemetry: false,
  withDefaultFonts: false,
  proxyUrl: '',
  hideClientButton: true,
  showDeveloperTools: 'never',
  agent: { disabled: true },
  documentDownloadType: 'json',
  onBeforeRequest: ({ request }) => {
    const given = request.headers.get('Authorization') ?? '';
    const [, key] = ACCESS_KEY.exec(given) ?? [];
    if (given.replace(/^(?:Bearer|Basic) */, '') === '') request.headers.delete('Authorization');
    if (key) request.headers.set('Authorization', 'Api-Key ' + key);
    const csrf = cookie('csrftoken');
    if (csrf && request.method !== 'GET') request.headers.set('X-CSRFToken', csrf);
  },
});
`;
