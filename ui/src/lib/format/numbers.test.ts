/** Numbers at the edges where they change their unit, and where rounding would promise too much. */

import { describe, expect, test } from "vitest";

import { bytes, bytesOf, clockTime, count, percent, speed, timeLeft } from "./numbers";

describe("bytes", () => {
  test.each([
    [0, "0 B"],
    [1, "1 B"],
    [999, "999 B"],
    [1000, "1 kB"],
    [999_499, "999 kB"],
    // Never "1000 kB".
    [999_500, "1 MB"],
    [412e6, "412 MB"],
    [1.9e9, "1.9 GB"],
    [7.34e9, "7.34 GB"],
    [12.8e9, "12.8 GB"],
    [9.996e9, "10 GB"],
    [96.2e9, "96.2 GB"],
    [120e9, "120 GB"],
    [50e12, "50 TB"],
  ])("%d is %s", (n, text) => expect(bytes(n)).toBe(text));
});

describe("some of all", () => {
  test("both in the unit of the whole", () => expect(bytesOf(210e6, 7.34e9)).toBe("0.21 of 7.34 GB"));
  test("what is not there yet is never rounded up", () =>
    expect(bytesOf(7.339e9, 7.34e9)).toBe("7.33 of 7.34 GB"));
  test("all of it", () => expect(bytesOf(7.34e9, 7.34e9)).toBe("7.34 of 7.34 GB"));
  test("nothing of nothing", () => expect(bytesOf(0, 0)).toBe("0 of 0 B"));
  test("sums of the footer", () => expect(bytesOf(8.38e9, 22.5e9)).toBe("8.3 of 22.5 GB"));
});

describe("speed", () => {
  test.each([
    [0, "0 kB/s"],
    [420, "0 kB/s"],
    [31e6, "31.0 MB/s"],
    [52.1e6, "52.1 MB/s"],
    [8.42e6, "8.42 MB/s"],
    [104e6, "104 MB/s"],
    [1.25e9, "1.25 GB/s"],
  ])("%d is %s", (n, text) => expect(speed(n)).toBe(text));
});

describe("percent", () => {
  test("is cut, not rounded", () => expect(percent(4.48e9, 7.34e9)).toBe(61));
  test("is not 100 while a byte is missing", () => expect(percent(1e12 - 1, 1e12)).toBe(99));
  test("is 100 when none is", () => expect(percent(412e6, 412e6)).toBe(100));
  test("of an empty file is not a number gone wrong", () => expect(percent(0, 0)).toBe(0));
});

describe("time left", () => {
  test.each([
    [0, "under a minute"],
    [59, "under a minute"],
    [60, "about 1 min"],
    [355, "about 6 min"],
    [14 * 60, "about 14 min"],
    [23 * 60, "about 25 min"],
    [58 * 60, "about 1 h"],
    [3600, "about 1 h"],
    [4908, "about 1 h 20 min"],
    [27 * 3600, "about 27 h"],
    [72 * 3600, "about 3 days"],
  ])("%d s is %s", (seconds, text) => expect(timeLeft(seconds)).toBe(text));
});

describe("clock", () => {
  const now = Date.UTC(2026, 10, 20, 15, 0);
  test("today has no date", () =>
    expect(clockTime(Date.UTC(2026, 10, 20, 14, 6), now, "en-GB", "UTC")).toBe("14:06"));
  test("another day has one", () =>
    expect(clockTime(Date.UTC(2026, 10, 19, 14, 6), now, "en-GB", "UTC")).toBe("19 Nov, 14:06"));
});

test("counts agree with their noun", () => {
  expect(count(1, "file", "files")).toBe("1 file");
  expect(count(2000, "file", "files")).toBe("2,000 files");
});
