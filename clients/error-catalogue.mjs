/**
 * The codes of docs/errors.md, each with the name of its class (`read_only_key`: `ReadOnlyKeyError`) and what the catalogue
 * tells of it; a code of two statuses is one.
 */
export function errorsOf(catalogue) {
  const errors = new Map();
  for (const row of catalogue.split('\n').filter((line) => line.startsWith('| `'))) {
    const [, cell, status, when, todo] = row.split('|').map((text) => text.trim());
    const code = cell.replaceAll('`', '');
    const words = (code === 'error' ? 'server' : code.replace(/_error$/, '')).split('_');
    const name = `${words.map((word) => word[0].toUpperCase() + word.slice(1)).join('')}Error`;
    const before = errors.get(code);
    errors.set(code, { code, name, text: [...(before?.text ?? []), `${status}: ${when} ${todo}`] });
  }
  return [...errors.values()];
}
