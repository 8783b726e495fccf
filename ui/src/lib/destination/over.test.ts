/** What is set beside a destination's own: only what differs from it, and nothing that the destination does not take. */

import { expect, test } from "vitest";

import { fieldsOver, formOver, moveOver, nothingSet, setsMore } from "./fields";

const taken = ["folder", "tags", "if_exists", "random_prefix"];
const usual = {
  ...nothingSet,
  folder: "all",
  tags: ["raw"],
  if_exists: "overwrite" as const,
  random_prefix: true,
};

test("nothing is set where everything stands as the destination has it", () => {
  const form = formOver(nothingSet, usual);
  expect(form).toMatchObject({ folder: "", tags: "", ifExists: "overwrite", prefix: true });
  expect(fieldsOver(form, usual, taken)).toEqual(nothingSet);
  expect(setsMore({ ...nothingSet, folder: "a" })).toBe(false);
});

test("what differs is set, also the asking and the switch that is off", () => {
  const form = { ...formOver(nothingSet, usual), ifExists: "" as const, prefix: false, tags: "a, b" };
  const set = { ...nothingSet, tags: ["a", "b"], if_exists: "ask", random_prefix: false };
  expect(fieldsOver(form, usual, taken)).toEqual(set);
  const own = { ...nothingSet, if_exists: "ask" as const, random_prefix: false };
  expect(formOver(own, usual)).toMatchObject({ ifExists: "", prefix: false });
  expect([setsMore(own), setsMore({ ...nothingSet, metadata: { a: "b" } })]).toEqual([true, true]);
});

test("another destination has its own usual, and takes what it takes", () => {
  const form = formOver({ ...nothingSet, tags: ["a"], random_prefix: false }, usual);
  moveOver(form, usual, nothingSet);
  expect(form).toMatchObject({ tags: "a", ifExists: "", prefix: false });
  expect(fieldsOver(form, nothingSet, ["folder"])).toEqual(nothingSet);
  const before = formOver(nothingSet, nothingSet);
  moveOver(before, nothingSet, usual);
  expect(before).toMatchObject({ ifExists: "overwrite", prefix: true });
});

test("what is wrong is said as everywhere", () => {
  const form = { ...formOver(nothingSet, usual), metadata: "reel" };
  expect(fieldsOver(form, usual, ["metadata"])).toMatchObject({ field: "metadata" });
});
