/**
 * The nonce of this page's content security policy, which every style element that is made at run time must carry. Imported
 * before everything else: libraries that lock scrolling read the global when they are loaded.
 */
export const nonce = document.querySelector<HTMLMetaElement>('meta[property=csp-nonce]')?.nonce ?? '';

Object.assign(globalThis, { __webpack_nonce__: nonce });
