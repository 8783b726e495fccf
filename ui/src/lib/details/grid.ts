/** How the part grid lies: few parts are large squares, ten thousand still fit the panel. */

/** Parts in one line while they are few, as in the design. */
const USUAL_COLUMNS = 20;
/** The tallest that the grid may be, pixels. */
const TALLEST = 260;
const SMALLEST_CELL = 2;

export interface Layout {
  columns: number;
  /** From one cell to the next, pixels. */
  step: number;
  /** Between two cells, pixels. */
  gap: number;
  height: number;
}

export function layout(parts: number, width: number): Layout {
  let columns = USUAL_COLUMNS;
  while (Math.ceil(parts / columns) * (width / columns) > TALLEST && width / columns > SMALLEST_CELL)
    columns += 1;
  const step = width / columns;
  const gap = step > 10 ? 2 : step > 5 ? 1 : step > 3 ? 0.5 : 0;
  return { columns, step, gap, height: Math.ceil(parts / columns) * step - gap };
}
