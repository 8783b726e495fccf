/** What of a name stays when it is cut. */

import { expect, test } from "vitest";

import { cutName } from "./names";

const whole = (name: string) => {
  const { start, end } = cutName(name);
  return start + end;
};

test("the last 14 characters and the type stay", () => {
  expect(cutName("interview-cam-b_studio-north_reel-02_take-04.mxf")).toEqual({
    start: "interview-cam-b_studio-north_r",
    end: "eel-02_take-04.mxf",
  });
});

test("a short name is not cut", () => {
  expect(cutName("harbour-drone.mov")).toEqual({ start: "harbour-drone.mov", end: "" });
});

test("a hidden file's dot begins no type", () => {
  expect(cutName(".configuration")).toEqual({ start: ".configuration", end: "" });
  expect(cutName(".the-configuration").end).toBe("-configuration");
});

test("a long ending is no type", () => {
  expect(cutName("minutes of the meeting.final version 2").end).toBe("inal version 2");
});

test("no letter loses its accent and no emoji is halved", () => {
  const name = `${"x".repeat(20)}👩‍👩‍👧${"é".repeat(13)}.mov`;
  expect(cutName(name).end).toBe(`👩‍👩‍👧${"é".repeat(13)}.mov`);
});

test("nothing is lost", () => {
  for (const name of [
    "",
    "a",
    "a.b",
    "..",
    "x".repeat(300),
    "no-type-but-a-very-long-name",
    "ends-with-a-dot-and-is-long.",
  ])
    expect(whole(name)).toBe(name);
});
