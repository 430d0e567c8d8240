import { applyDecorators, type Type } from '@nestjs/common';
import { ApiExtraModels, ApiOkResponse, ApiProperty, getSchemaPath } from '@nestjs/swagger';
import { type ObjectLiteral, type SelectQueryBuilder } from 'typeorm';
import { InvalidPage } from './errors.js';
import { Field } from './fields.js';
import { TextFilter } from './list-filters.js';
import { type ListColumns, orderOf } from './list-order.js';
import { pythonInteger } from './scalars.js';
import { containing, termsOf } from './search.js';

export const DEFAULT_PAGE_SIZE = 25;
export const LARGEST_PAGE_SIZE = 100;

/**
 * What every list takes (contract §1). `page` and `page_size` are kept as sent: what they mean is decided when the
 * count is known, and a bad page is 404, not 400.
 */
export class ListQuery {
  @ApiProperty({
    required: false,
    description: 'From 1, or `last`.',
    type: String,
    pattern: '^(?:last|[1-9]\\d{0,8})$',
    example: '1',
  })
  page?: string;

  @ApiProperty({
    required: false,
    type: 'integer',
    minimum: 1,
    maximum: LARGEST_PAGE_SIZE,
    default: DEFAULT_PAGE_SIZE,
  })
  page_size?: string;

  /** Taken where `OrderedBy` says what by. */
  ordering?: string;

  /** Taken where `OrderedBy` says what in. */
  search?: string;

  /** In place of a page. It has no rule, so no query names it: src/mcp sets it, whose lists don't page. */
  slice?: Slice;
}

/** `limit` rows from the row `offset` on, which counts from 0. */
export interface Slice {
  readonly limit: number;
  readonly offset: number;
}
// The validation pipe drops what has no rule; these two have theirs below. An empty page is none that there is.
const AsSent = (): PropertyDecorator => Field(() => undefined, {}, { optional: true }, { blank: true });
for (const name of ['page', 'page_size']) AsSent()(ListQuery.prototype, name);

/** One page of a list; the answer's envelope is made where answers are shaped (answers.ts), which knows the URL. */
export class Page<T> {
  constructor(
    readonly count: number,
    readonly number: number,
    readonly size: number,
    readonly results: readonly T[],
  ) {}

  /** The page that a query asks for, of a list that is at hand whole. Errors: InvalidPage. */
  static of<T>(whole: readonly T[], query: ListQuery): Page<T> {
    const { number, size, offset } = pageOf(query, whole.length);
    return new Page(whole.length, number, size, whole.slice(offset, offset + size));
  }

  map<U>(toDto: (row: T) => U): Page<U> {
    return new Page(this.count, this.number, this.size, this.results.map(toDto));
  }
}

/**
 * Runs a list: counts, finds the page, orders, searches. `read` takes the rows of the page when they aren't entities.
 * Errors: InvalidPage for a page that isn't there.
 */
export async function listPage<T extends ObjectLiteral, Row = T>(
  builder: SelectQueryBuilder<T>,
  query: ListQuery,
  columns: ListColumns,
  read: (page: SelectQueryBuilder<T>) => Promise<Row[]> = (page) =>
    page.getMany() as Promise<unknown[]> as Promise<Row[]>,
): Promise<Page<Row>> {
  applySearch(builder, query.search, columns.searchable);
  const count = await builder.clone().getCount();
  const { number, size, offset } = pageOf(query, count);
  const page = builder.orderBy(orderOf(query.ordering, columns)).offset(offset).limit(size);
  return new Page(count, number, size, await read(page));
}

/** The page that a query asks for, of a list of `count` rows. The first page exists even when it is empty. */
export function pageOf(
  query: Pick<ListQuery, 'page' | 'page_size' | 'slice'>,
  count: number,
): { number: number; size: number; offset: number } {
  if (query.slice) return { number: 1, size: query.slice.limit, offset: query.slice.offset };
  const wanted = wholeNumber(query.page_size);
  const size = wanted === undefined ? DEFAULT_PAGE_SIZE : Math.min(wanted, LARGEST_PAGE_SIZE);
  const last = Math.max(1, Math.ceil(count / size));
  const number = query.page === undefined ? 1 : query.page === 'last' ? last : wholeNumber(query.page);
  if (number === undefined || number > last) throw new InvalidPage();
  return { number, size, offset: (number - 1) * size };
}

/** From 1 on, as Python's `int()` reads it: ` 1`, `01` and `+1` are the first page. */
function wholeNumber(text: unknown): number | undefined {
  const number = typeof text === 'string' ? pythonInteger(text) : undefined;
  return number !== undefined && number > 0 ? number : undefined;
}

/**
 * Narrows a query to the rows that contain every term of the search, each in one of the columns: terms are what white
 * space and commas separate. Lists do it themselves (listPage).
 */
export function applySearch<T extends ObjectLiteral>(
  builder: SelectQueryBuilder<T>,
  search: string | undefined,
  columns: readonly string[] = [],
): void {
  if (columns.length === 0) return;
  for (const [n, term] of termsOf(search).entries()) {
    const name = `search_${n}`;
    builder.andWhere(`(${columns.map((column) => `${column} ILIKE :${name}`).join(' OR ')})`, {
      [name]: containing(term),
    });
  }
}

/** Documents an answer as the list envelope around `dto`, or as text of another type where `?format=` asks for it. */
export function ApiPage(dto: Type, exported: readonly string[] = []): MethodDecorator {
  const link = { type: 'string', format: 'uri', nullable: true } as const;
  const schema = {
    type: 'object',
    required: ['count', 'next', 'previous', 'results'],
    properties: {
      count: { type: 'integer' },
      next: link,
      previous: link,
      results: { type: 'array', items: { $ref: getSchemaPath(dto) } },
    },
  };
  const texts = exported.map((mediaType) => [mediaType, { schema: { type: 'string' } }]);
  return applyDecorators(
    ApiExtraModels(dto),
    ApiOkResponse({
      content: { 'application/json': { schema }, ...(Object.fromEntries(texts) as object) },
    }),
  ) as MethodDecorator;
}

const orderings = new WeakMap<object, readonly string[]>();

/** What a list can be ordered by, as `OrderedBy` declared it. */
export function orderingsOf(query: Type<ListQuery>): readonly string[] {
  return orderings.get(query.prototype as object) ?? [];
}

/**
 * Declares what a list can be ordered by and what it searches. Of a list that doesn't say, `ordering` and `search` are unknown
 * parameters, as any other name.
 */
export function OrderedBy(columns: readonly string[], searched: readonly string[] = []): ClassDecorator {
  return (target) => {
    const prototype = (target as unknown as { prototype: object }).prototype;
    orderings.set(prototype, columns);
    const field = `-?(?:${columns.join('|')})`;
    AsSent()(prototype, 'ordering');
    ApiProperty({
      required: false,
      type: String,
      pattern: `^${field}(?:,${field})*$`,
      example: `-${columns[0] ?? ''}`,
      description: `Fields, comma-separated, in order; \`-\` reverses: ${columns.join(', ')}. Unknown ones are ignored.`,
    })(prototype, 'ordering');
    if (searched.length > 0) {
      TextFilter(200, {
        description: `Searches ${searched.join(', ')}: every term, separated by white space or commas, must be in one of them.`,
      })(prototype, 'search');
    }
  };
}
