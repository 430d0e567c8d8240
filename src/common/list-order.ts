/** The columns that a list may be ordered and searched by. What isn't named here can't be reached (ASVS 1.2.4). */
export interface ListColumns {
  /** Wire name of the field → column or expression. */
  orderable: Readonly<Record<string, string>>;
  /** Those of them that can be null: they go last, whichever way. Of the others an index gives the order both ways. */
  nullable?: readonly string[];
  /** Columns that `?search=` looks into, case-insensitively. */
  searchable?: readonly string[];
  /** The order without `?ordering=`; `-` reverses. A key of `orderable`. */
  defaultOrder: string;
  /** The column that breaks ties, so that pages don't overlap. */
  tieBreaker: string;
}

interface Order {
  readonly order: 'ASC' | 'DESC';
  readonly nulls: 'NULLS FIRST' | 'NULLS LAST';
}

/** Columns and expressions in their order, as TypeORM takes them. */
export type Orders = Record<string, Order | Order['order']>;

/** The known fields of `?ordering=a,-b`, in their order; without any, the default. Ties go the way of the first. */
export function orderOf(ordering: unknown, columns: ListColumns): Orders {
  const wanted = typeof ordering === 'string' ? ordering.split(',').map((field) => field.trim()) : [];
  const known = wanted.filter((field) => Object.hasOwn(columns.orderable, field.replace(/^-/, '')));
  const [first = '', ...others] = known.length > 0 ? known : [columns.defaultOrder];
  const orders: Orders = {};
  for (const field of [first, ...others]) {
    const name = field.replace(/^-/, '');
    const column = columns.orderable[name] ?? columns.tieBreaker;
    const order = directionOf(field);
    // Of a field that is named twice, the first time counts.
    orders[column] ??= columns.nullable?.includes(name) ? { order, nulls: 'NULLS LAST' } : order;
  }
  orders[columns.tieBreaker] ??= directionOf(first);
  return orders;
}

/** The same rows from the other end. */
export function reversed(orders: Orders): Orders {
  const other = { ASC: 'DESC', DESC: 'ASC' } as const;
  return Object.fromEntries(
    Object.entries(orders).map(([column, order]) => [
      column,
      typeof order === 'string' ? other[order] : { order: other[order.order], nulls: 'NULLS FIRST' },
    ]),
  );
}

const directionOf = (field: string): Order['order'] => (field.startsWith('-') ? 'DESC' : 'ASC');
