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

/** `scale`: device pixels in a pixel; cells begin on one, so that their edges stay sharp. */
export function layout(parts: number, width: number, scale = 1): Layout {
  let columns = USUAL_COLUMNS;
  while (Math.ceil(parts / columns) * (width / columns) > TALLEST && width / columns > SMALLEST_CELL)
    columns += 1;
  const gapWanted = width / columns > 10 ? 2 : width / columns > 5 ? 1 : width / columns > 3 ? 0.5 : 0;
  const gap = Math.round(gapWanted * scale) / scale;
  // The last cell needs no gap after it.
  const step = Math.max(1 / scale, Math.floor(((width + gap) / columns) * scale) / scale);
  // What rounding down left over at the right edge holds a few more columns.
  if (columns > USUAL_COLUMNS) columns = Math.max(columns, Math.floor((width + gap) / step));
  return { columns, step, gap, height: Math.ceil(parts / columns) * step - gap };
}
