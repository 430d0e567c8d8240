/** The largest id there is: PostgreSQL's `integer`. */
export const LARGEST_ID = 2_147_483_647;

/** The id that a path part names, or `undefined`. Only plain decimal: `1e3`, `0x1`, ` 1` and `01` name nothing. */
export function parseId(text: unknown): number | undefined {
  if (typeof text !== 'string' || !/^[1-9]\d{0,9}$/.test(text)) return undefined;
  const id = Number(text);
  return id <= LARGEST_ID ? id : undefined;
}
