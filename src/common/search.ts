/** The terms of a search: what white space and commas separate (contract §1). */
export function termsOf(search: string | undefined): string[] {
  return (search ?? '').split(/[\s,]+/).filter(Boolean);
}

/** The pattern for ILIKE of a text that contains the term, whatever stands in it. */
export function containing(term: string): string {
  return `%${term.replace(/[\\%_]/g, '\\$&')}%`;
}
