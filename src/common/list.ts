import { applyDecorators, type Type } from '@nestjs/common';
import {
  ApiExtraModels,
  ApiOkResponse,
  ApiProperty,
  type ApiPropertyOptions,
  getSchemaPath,
} from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { type ObjectLiteral, type SelectQueryBuilder } from 'typeorm';
import { InvalidPage } from './errors.js';
import { ChoiceField, Field, LARGEST_ID, parseInstant, TextField } from './fields.js';

const DEFAULT_PAGE_SIZE = 25;
const LARGEST_PAGE_SIZE = 100;

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

  @ApiProperty({ required: false, type: String })
  ordering?: string;

  @TextField({ max: 200, optional: true, blank: true, description: 'Free text.' })
  search?: string;
}
// The validation pipe drops what has no rule; these three have theirs below.
for (const name of ['page', 'page_size', 'ordering']) {
  Field(() => undefined, {}, { optional: true })(ListQuery.prototype, name);
}

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
    const { number, size } = pageOf(query, whole.length);
    return new Page(whole.length, number, size, whole.slice((number - 1) * size, number * size));
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
  const { number, size } = pageOf(query, count);
  const { column, direction } = orderOf(query.ordering, columns);
  const page = builder
    .orderBy(column, direction, 'NULLS LAST')
    .addOrderBy(columns.tieBreaker, direction)
    .offset((number - 1) * size)
    .limit(size);
  return new Page(count, number, size, await read(page));
}

/** The page that a query asks for, of a list of `count` rows. The first page exists even when it is empty. */
export function pageOf(
  query: Pick<ListQuery, 'page' | 'page_size'>,
  count: number,
): { number: number; size: number } {
  const wanted = wholeNumber(query.page_size);
  const size = wanted === undefined ? DEFAULT_PAGE_SIZE : Math.min(wanted, LARGEST_PAGE_SIZE);
  const last = Math.max(1, Math.ceil(count / size));
  const number = query.page === undefined ? 1 : query.page === 'last' ? last : wholeNumber(query.page);
  if (number === undefined || number > last) throw new InvalidPage();
  return { number, size };
}

function wholeNumber(text: unknown): number | undefined {
  return typeof text === 'string' && /^[1-9]\d{0,8}$/.test(text) ? Number(text) : undefined;
}

function orderOf(ordering: unknown, columns: ListColumns): { column: string; direction: 'ASC' | 'DESC' } {
  const known = (wanted: unknown): wanted is string =>
    typeof wanted === 'string' && Object.hasOwn(columns.orderable, wanted.replace(/^-/, ''));
  const wanted = known(ordering) ? ordering : columns.defaultOrder;
  const column = columns.orderable[wanted.replace(/^-/, '')] ?? columns.tieBreaker;
  return { column, direction: wanted.startsWith('-') ? 'DESC' : 'ASC' };
}

/** Narrows a query to the rows that contain the text in one of the columns. Lists do it themselves (listPage). */
export function applySearch<T extends ObjectLiteral>(
  builder: SelectQueryBuilder<T>,
  search: string | undefined,
  columns: readonly string[] = [],
): void {
  if (!search || columns.length === 0) return;
  const pattern = `%${search.replace(/[\\%_]/g, '\\$&')}%`;
  builder.andWhere(`(${columns.map((column) => `${column} ILIKE :search`).join(' OR ')})`, {
    search: pattern,
  });
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

/** Declares what a list can be ordered by and searches, for the OpenAPI document. */
export function OrderedBy(columns: readonly string[], searched: readonly string[] = []): ClassDecorator {
  return (target) => {
    const prototype = (target as unknown as { prototype: object }).prototype;
    const choices = columns.flatMap((column) => [column, `-${column}`]);
    ApiProperty({ required: false, type: String, enum: choices, description: 'Unknown fields are ignored.' })(
      prototype,
      'ordering',
    );
    if (searched.length > 0) {
      ApiProperty({ required: false, type: String, description: `Searches ${searched.join(', ')}.` })(
        prototype,
        'search',
      );
    }
  };
}

const asInteger = Transform(({ value }: { value: unknown }) =>
  typeof value === 'string' && /^[1-9]\d{0,9}$/.test(value) ? Number(value) : value,
);
const asBoolean = Transform(
  ({ value }: { value: unknown }) => ({ true: true, false: false })[String(value)] ?? value,
);

const asInstant = Transform(({ value }: { value: unknown }) =>
  typeof value === 'string' ? (parseInstant(value) ?? value) : value,
);

type FilterOptions = Pick<ApiPropertyOptions, 'description'>;

/** `?organization=7` */
export function IdFilter(options: FilterOptions = {}): PropertyDecorator {
  return both(
    asInteger,
    Field(
      (value) => (Number.isInteger(value) && (value as number) <= LARGEST_ID ? undefined : 'Enter a number.'),
      { type: 'integer', minimum: 1, maximum: LARGEST_ID },
      { optional: true, ...options },
    ),
  );
}

/** `?enabled=true` */
export function BooleanFilter(options: FilterOptions = {}): PropertyDecorator {
  return both(
    asBoolean,
    Field(
      (value) => (typeof value === 'boolean' ? undefined : 'Must be a valid boolean.'),
      { type: Boolean },
      { optional: true, ...options },
    ),
  );
}

/** `?status=active` */
export function ChoiceFilter(choices: readonly string[], options: FilterOptions = {}): PropertyDecorator {
  return ChoiceField(choices, { optional: true, ...options });
}

/** `?expires_before=2030-01-31T12:00:00Z`, a Date for the handler: PostgreSQL knows fewer zones than we take. */
export function InstantFilter(options: FilterOptions = {}): PropertyDecorator {
  return both(
    asInstant,
    Field(
      (value) => (value instanceof Date ? undefined : 'Enter a valid date/time.'),
      { type: String, format: 'date-time' },
      { optional: true, ...options },
    ),
  );
}

/** `?date_from=2030-01-31` */
export function DateFilter(options: FilterOptions = {}): PropertyDecorator {
  return Field(
    (value) =>
      typeof value === 'string' && /^\d{4}-\d{2}-\d{2}$/.test(value) && parseInstant(`${value}T00:00:00Z`)
        ? undefined
        : 'Enter a valid date.',
    { type: String, format: 'date' },
    { optional: true, ...options },
  );
}

function both(...decorators: PropertyDecorator[]): PropertyDecorator {
  return (target, name) => {
    for (const decorate of decorators) decorate(target, name);
  };
}
