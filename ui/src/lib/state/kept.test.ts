/** What the page before this one showed is shown again, and nothing else is believed. */

import { expect, test } from "vitest";

import { asKept, nothingKept, type Kept } from "./kept";

test("what was kept is shown again", () => {
  const kept: Kept = {
    view: "settings",
    details: true,
    filter: "paused",
    selected: "a",
    top: { row: 12, into: 40 },
    sheet: 300,
  };
  expect(asKept(structuredClone(kept))).toEqual(kept);
});

test("what is not known is left out", () => {
  for (const odd of [null, undefined, 7, "queue", []]) expect(asKept(odd)).toEqual(nothingKept);
  expect(
    asKept({
      view: "later",
      filter: "toString",
      selected: 3,
      top: { row: Number.NaN },
      sheet: -1,
      details: "yes",
    }),
  ).toEqual(nothingKept);
  expect(asKept({ view: "queue", top: { row: -5, into: "9" } }).top).toEqual({ row: 0, into: 0 });
  expect(asKept({ top: null }).top).toEqual({ row: 0, into: 0 });
});

test("a half written form is not opened again", () => {
  expect(asKept({ view: "add" }).view).toBe("queue");
});
