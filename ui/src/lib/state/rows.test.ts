/** Ticks merged into rows: what is new, what keeps its identity, what is forgotten. */

import { expect, test } from "vitest";

import type { JobRow } from "../api";
import { mergeRows, noRows, rowAt } from "./rows";

const row = (id: string, confirmed = 0) => ({ id, confirmed }) as JobRow;
const change = (order: string[], changed: JobRow[], offset = 0, total = order.length) => ({
  total,
  offset,
  order,
  changed,
});

test("rows come with the first message", () => {
  const rows = mergeRows(noRows, change(["a", "b"], [row("a"), row("b")], 0, 7));
  expect(rows.total).toBe(7);
  expect(rowAt(rows, 1)?.id).toBe("b");
  expect(rowAt(rows, 2)).toBeUndefined();
});

test("only what changed is new, the rest keeps its identity", () => {
  const before = mergeRows(noRows, change(["a", "b"], [row("a"), row("b")]));
  const after = mergeRows(before, change(["a", "b"], [row("b", 5)]));
  expect(after.byId.get("a")).toBe(before.byId.get("a"));
  expect(after.byId.get("b")?.confirmed).toBe(5);
  expect(before.byId.get("b")?.confirmed).toBe(0);
});

test("an order that is the same keeps its identity, another does not", () => {
  const before = mergeRows(noRows, change(["a", "b"], [row("a"), row("b")]));
  expect(mergeRows(before, change(["a", "b"], [])).order).toBe(before.order);
  expect(mergeRows(before, change(["b", "a"], [])).order).toEqual(["b", "a"]);
  expect(mergeRows(before, change(["a", "b"], [], 2)).order).not.toBe(before.order);
});

test("indexes count from the offset of the window", () => {
  const rows = mergeRows(noRows, change(["m", "n"], [row("m"), row("n")], 40, 100));
  expect(rowAt(rows, 39)).toBeUndefined();
  expect(rowAt(rows, 40)?.id).toBe("m");
});

test("a row that left the window is known when it comes back", () => {
  const there = mergeRows(noRows, change(["a"], [row("a", 3)]));
  const away = mergeRows(there, change(["b"], [row("b")], 1));
  expect(rowAt(mergeRows(away, change(["a"], [])), 0)?.confirmed).toBe(3);
});

test("what is remembered is bounded, and the window is never forgotten", () => {
  const ids = (from: number, n: number) => Array.from({ length: n }, (_, i) => `r${from + i}`);
  let rows = mergeRows(noRows, change(["keep"], [row("keep")]));
  for (let page = 0; page < 30; page += 1) {
    const order = ids(page * 300, 300);
    rows = mergeRows(
      rows,
      change(
        ["keep", ...order],
        order.map((id) => row(id)),
      ),
    );
  }
  expect(rows.byId.size).toBe(4000);
  expect(rows.byId.has("keep")).toBe(true);
});
