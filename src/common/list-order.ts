/** The columns that a list may be ordered and searched by. What isn't named here can't be reached (ASVS 1.2.4). */
export interface ListColumns {
  /** Wire name of the field → column or expression. */
  orderable: Readonly<Record<string, string>>;
  /** Columns that `?search=` looks into, case-insensitively. */
  searchable?: readonly string[];
  /** The order without `?ordering=`; `-` reverses. A key of `orderable`. */
  defaultOrder: string;
  /** The column that breaks ties, so that pages don't overlap. */
  tieBreaker: string;
}

interface Order {
  readonly order: 'ASC' | 'DESC';
  readonly nulls: 'NULLS LAST';
}

/** The known fields of `?ordering=a,-b`, in their order; without any, the default. Ties go the way of the first. */
export function orderOf(ordering: unknown, columns: ListColumns): Record<string, Order | Order['order']> {
  const wanted = typeof ordering === 'string' ? ordering.split(',').map((field) => field.trim()) : [];
  const known = wanted.filter((field) => Object.hasOwn(columns.orderable, field.replace(/^-/, '')));
  const [first = '', ...others] = known.length > 0 ? known : [columns.defaultOrder];
  const orders: Record<string, Order | Order['order']> = {};
  for (const field of [first, ...others]) {
    const column = columns.orderable[field.replace(/^-/, '')] ?? columns.tieBreaker;
    orders[column] ??= directionOf(field); // of a field that is named twice, the first time counts
  }
  orders[columns.tieBreaker] ??= directionOf(first).order;
  return orders;
}

const directionOf = (field: string): Order => ({
  order: field.startsWith('-') ? 'DESC' : 'ASC',
  nulls: 'NULLS LAST',
});
