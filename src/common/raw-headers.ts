/**
 * Every value that was sent of a header, by its name in lower case: of several, Node keeps the first, or joins them, without a
 * word; only the raw list (`IncomingMessage.rawHeaders`) tells.
 */
export function sentValues(rawHeaders: readonly string[], wanted: string): string[] {
  const values: string[] = [];
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at];
    if (name?.length !== wanted.length || name.toLowerCase() !== wanted) continue; // nearly all differ in length
    values.push(rawHeaders[at + 1] ?? '');
  }
  return values;
}
