/** The rows of the window looked at, as plain data. Ticks are merged here; components see finished rows only. */

import type { JobRow, RowsChange } from "../api";

/** Rows that are remembered beyond the window, so that scrolling back shows them at once. */
const REMEMBERED = 4000;

export interface Rows {
  /** Rows of the filter in all. */
  total: number;
  /** Index of the first of `order`. */
  offset: number;
  /** Ids of the window. */
  order: readonly string[];
  /** Every row that was sent and is not forgotten, the latest last. */
  byId: ReadonlyMap<string, JobRow>;
}

export const noRows: Rows = { total: 0, offset: 0, order: [], byId: new Map() };

/** The rows after one message. Rows that did not change keep their identity, so nothing is drawn anew for them. */
export function mergeRows(before: Rows, change: RowsChange): Rows {
  const byId = new Map(before.byId);
  for (const row of change.changed) {
    byId.delete(row.id);
    byId.set(row.id, row);
  }
  if (byId.size > REMEMBERED) {
    const seen = new Set(change.order);
    for (const id of byId.keys()) {
      if (byId.size <= REMEMBERED) break;
      if (!seen.has(id)) byId.delete(id);
    }
  }
  const order = sameOrder(before, change) ? before.order : change.order;
  return { total: change.total, offset: change.offset, order, byId };
}

/** Every message repeats the order; a list that knows that it is the old one need not measure again. */
function sameOrder(before: Rows, change: RowsChange): boolean {
  return (
    before.offset === change.offset &&
    before.order.length === change.order.length &&
    before.order.every((id, i) => id === change.order[i])
  );
}

/** The row at an index of the list, where it is known. */
export function rowAt(rows: Rows, index: number): JobRow | undefined {
  const id = rows.order[index - rows.offset];
  return id === undefined ? undefined : rows.byId.get(id);
}
