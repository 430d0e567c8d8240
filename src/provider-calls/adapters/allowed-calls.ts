/** One method and path that our callers may use, and why. */
export interface AllowedCall {
  readonly method: 'GET' | 'POST' | 'PUT';
  /** `{name}` stands for one segment, never for a slash. */
  readonly path: string;
  /** What the call is for: an entry needs a reason to stand here. */
  readonly reason: string;
  /** A POST that only asks, so that sending it twice does what sending it once does. */
  readonly repeatable?: boolean;
}

/** The entry that covers this call, or nothing. `path` is the raw path without the query. */
export function findAllowedCall(
  allowed: readonly AllowedCall[],
  method: string,
  path: string,
): AllowedCall | undefined {
  return allowed.find((call) => call.method === method && patternOf(call.path).test(path));
}

/** May this call be sent again when the first try failed (RFC 9110 §9.2.2)? */
export function isRepeatable(call: AllowedCall): boolean {
  return call.method === 'GET' || call.repeatable === true;
}

const patterns = new Map<string, RegExp>();

function patternOf(path: string): RegExp {
  let pattern = patterns.get(path);
  if (!pattern) {
    const literal = path.replace(/[.*+?^$()|[\]\\]/g, '\\$&');
    pattern = new RegExp(`^${literal.replace(/\{\w+\}/g, '[^/]+')}$`);
    patterns.set(path, pattern);
  }
  return pattern;
}
