import { Box, UnstyledButton } from '@mantine/core';
import type { ReactNode } from 'react';
import { t } from '../strings/strings';
import classes from './data-table.module.css';

export interface Column<Row> {
  title: string;
  cell: (row: Row) => ReactNode;
  /** The field of the API that the column's heading orders by. */
  orderBy?: string;
  /** Stands at the end of the row, without a heading that is seen. */
  actions?: boolean;
}

interface Props<Row> {
  /** What the table is called. */
  label: string;
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  /** What a row is called: the name of what it shows. */
  nameOf: (row: Row) => string;
  keyOf: (row: Row) => string | number;
  /** As the API takes it: `-created_at`. */
  ordering?: string | undefined;
  onOrder?: (ordering: string) => void;
  /** More below a row, over its whole width. */
  below?: (row: Row) => ReactNode;
  /** Numbers by two headings: also on a narrow screen they stay a table, which scrolls sideways there. */
  grid?: boolean;
  /** A row that matters no more is quieter. */
  quiet?: (row: Row) => boolean;
}

/**
 * Rows under headings. On a narrow screen each row is a card with its headings inside; the roles are spelled out, because
 * what is laid out otherwise is no table to a screen reader any more.
 */
export function DataTable<Row>({
  label,
  columns,
  rows,
  nameOf,
  keyOf,
  ordering,
  onOrder,
  below,
  grid = false,
  quiet,
}: Props<Row>) {
  const scrolls = grid && { tabIndex: 0, role: 'group', 'aria-label': label };
  return (
    <Box className={`${classes.frame} ${grid ? classes.grid : classes.cards}`} {...scrolls}>
      <table role="table" aria-label={label} className={classes.table}>
        <thead role="rowgroup" className={classes.head}>
          <tr role="row">
            {columns.map((column) => (
              <Heading key={column.title} column={column} ordering={ordering} onOrder={onOrder} />
            ))}
          </tr>
        </thead>
        <tbody role="rowgroup">
          {rows.map((row) => {
            const told = below?.(row);
            const more = Array.isArray(told) && told.length === 0 ? undefined : told;
            return [
              <tr
                key={keyOf(row)}
                role="row"
                aria-label={nameOf(row)}
                className={classes.row}
                data-quiet={quiet?.(row) || undefined}
                data-open={Boolean(more) || undefined}
              >
                {columns.map(({ title, cell, actions }) => (
                  <td
                    key={title}
                    role="cell"
                    className={classes.cell}
                    data-title={actions ? undefined : title}
                    data-actions={actions || undefined}
                  >
                    {cell(row)}
                  </td>
                ))}
              </tr>,
              more && (
                <tr key={`${keyOf(row)}-more`} role="row" className={classes.more}>
                  <td role="cell" colSpan={columns.length}>
                    {more}
                  </td>
                </tr>
              ),
            ];
          })}
        </tbody>
      </table>
    </Box>
  );
}

function Heading<Row>({
  column: { title, orderBy, actions },
  ordering,
  onOrder,
}: {
  column: Column<Row>;
  ordering: string | undefined;
  onOrder: ((ordering: string) => void) | undefined;
}) {
  if (actions) return <th role="columnheader" aria-label={title} className={classes.actionsHead} />;
  if (!orderBy || !onOrder) return <th role="columnheader">{title}</th>;
  const [up, down] = [ordering === orderBy, ordering === `-${orderBy}`];
  return (
    <th role="columnheader" aria-sort={up ? 'ascending' : down ? 'descending' : 'none'}>
      <UnstyledButton
        className={classes.order}
        aria-label={t.common.sortBy(title)}
        onClick={() => onOrder(up ? `-${orderBy}` : orderBy)}
      >
        {title}
        <span aria-hidden>{up ? ' ↑' : down ? ' ↓' : ''}</span>
      </UnstyledButton>
    </th>
  );
}
