/** The letters of a ribbon as pieces. */

import { expect, test } from "vitest";

import { hasGaps, runs } from "./ribbon";

test("like neighbours are one piece", () => {
  expect(runs("dddr13..", 8)).toEqual([
    { kind: "confirmed", length: 3, tenths: 0 },
    { kind: "again", length: 1, tenths: 0 },
    { kind: "way", length: 1, tenths: 1 },
    { kind: "way", length: 1, tenths: 3 },
    { kind: "empty", length: 2, tenths: 0 },
  ]);
});

test("a part that did not go is told apart", () => {
  expect(runs("x", 1)).toEqual([{ kind: "failed", length: 1, tenths: 0 }]);
});

test("of more than 256 parts a digit is what is confirmed of a share", () => {
  expect(runs("d7.", 8120).map((run) => run.kind)).toEqual(["confirmed", "share", "empty"]);
  expect(runs("d7.", 256).map((run) => run.kind)).toEqual(["confirmed", "way", "empty"]);
});

test("the pieces are as long as the letters", () => {
  const letters = "ddd4r..xx..9dd";
  expect(runs(letters, 14).reduce((sum, run) => sum + run.length, 0)).toBe(letters.length);
});

test("letters of a newer version are parts that were not sent", () => {
  expect(runs("?", 1)).toEqual([{ kind: "empty", length: 1, tenths: 0 }]);
});

test("gaps only while they are narrower than the parts", () => {
  expect([1, 2, 59, 60, 256].map(hasGaps)).toEqual([false, true, true, false, false]);
});
