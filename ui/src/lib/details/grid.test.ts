/** The part grid fits its panel with one part and with ten thousand. */

import { expect, test } from "vitest";

import { layout } from "./grid";

test("few parts lie as in the design, twenty in a line", () => {
  expect(layout(100, 280)).toMatchObject({ columns: 20, gap: 2 });
});

test.each([1, 20, 100, 999, 10_000])("%d parts fit the panel", (parts) => {
  const { columns, step, gap, height } = layout(parts, 280, 1.5);
  expect(columns * step - gap).toBeLessThanOrEqual(280);
  expect(height).toBeLessThanOrEqual(270);
  expect(step - gap).toBeGreaterThan(0);
});
