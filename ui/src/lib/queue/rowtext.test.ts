/** The words of a row, where its actions stand, and where the keys of the list lead. */

import { expect, test } from "vitest";

import type { JobRow } from "../api";
import { moveTo } from "./listkeys";
import { headline, place, rowName, shareTip, subline } from "./rowtext";

const row = (rest: Partial<JobRow>): JobRow => ({
  id: "1",
  batch: "1",
  name: "a.mov",
  path: "/a.mov",
  kind: "MOV",
  size: 1000,
  destination: "Acme media",
  practice: false,
  state: "waiting",
  holds: [],
  label: "Waiting",
  sub: "next",
  sentence: null,
  confirmed: 0,
  on_the_way: 0,
  speed: 0,
  seconds_left: null,
  parts: 4,
  ribbon: "....",
  actions: ["pause", "show-file", "cancel"],
  ...rest,
});

const uploading = row({
  state: "uploading",
  label: "Uploading",
  sub: "",
  confirmed: 185,
  speed: 52.1e6,
  seconds_left: 355,
});

test("while bytes move the row says percent, speed and time left", () => {
  expect(headline(uploading)).toBe("18 %");
  expect(subline(uploading)).toBe("52.1 MB/s · about 6 min");
});

test("what holds it up says more than a number, which moves to the second line", () => {
  const slowed = { ...uploading, label: "Slowed", speed: 0, seconds_left: null };
  expect(headline(slowed)).toBe("Slowed");
  expect(subline(slowed)).toBe("18 %");
});

test("else it says the state and the reason in words", () => {
  expect(headline(row({}))).toBe("Waiting");
  expect(subline(row({}))).toBe("next");
});

test("what is on the way stands beside what is confirmed", () => {
  expect(shareTip({ ...uploading, on_the_way: 310 })).toBe("18 % · 310 B more on the way");
});

test("a screen reader hears file, state and percent", () => {
  expect(rowName(uploading)).toBe("a.mov, Uploading, 18 %");
});

test("cancel is behind the menu, never beside pause", () => {
  expect(place(row({}))).toEqual({ inline: "pause", beside: false, menu: ["show-file", "cancel"] });
});

test("a sentence has its button beside it", () => {
  const stuck = row({ state: "needs-attention", sentence: "Why.", actions: ["send-again", "cancel"] });
  expect(place(stuck)).toEqual({ inline: "send-again", beside: true, menu: ["cancel"] });
});

test("without a sentence nothing unusual stands in the row", () => {
  expect(place(row({ actions: ["replace-key", "cancel"] })).inline).toBeNull();
});

test("keys move within the list and not beyond it", () => {
  expect(moveTo("ArrowDown", -1, 5, 3)).toBe(0);
  expect(moveTo("ArrowDown", 4, 5, 3)).toBe(4);
  expect(moveTo("ArrowUp", 0, 5, 3)).toBe(0);
  expect(moveTo("PageDown", 0, 5, 3)).toBe(3);
  expect(moveTo("End", 0, 5, 3)).toBe(4);
  expect(moveTo("a", 0, 5, 3)).toBeNull();
  expect(moveTo("End", 0, 0, 3)).toBeNull();
});
