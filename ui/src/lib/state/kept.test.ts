/** What the page before this one showed is shown again, and nothing else is believed. */

import { expect, test } from "vitest";

import { emptyForm, keptOf } from "../destination/draft";
import { asKept, nothingKept, type Kept } from "./kept";

test("what was kept is shown again", () => {
  const kept: Kept = {
    view: "settings",
    details: true,
    filter: "paused",
    selected: "a",
    top: { row: 12, into: 40 },
    sheet: 300,
    form: null,
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

test("a half written form is opened again, but not its key", () => {
  const typed = {
    ...emptyForm(),
    name: "Archive",
    key: "the key",
    secret: "the secret",
    sessionToken: "the token",
    settings: { bucket: "camera", url: "https://me:the-password@store.example" },
  };
  typed.fields.tags = "raw";
  const form = keptOf("s3", typed);
  expect(form).toEqual({ kind: "s3", name: "Archive", settings: { bucket: "camera" }, fields: typed.fields });
  expect(JSON.stringify(form)).not.toMatch(/the.(key|secret|token|password)/);
  expect(asKept({ view: "add", form })).toEqual({ ...nothingKept, view: "add", form });
  expect(asKept({ view: "queue", form }).form).toBe(null);
});

test("of a form that is not one, or too long, no more is opened than can be", () => {
  for (const odd of [null, 7, {}, { kind: 7 }, { kind: "" }])
    expect(asKept({ view: "add", form: odd })).toEqual({ ...nothingKept, view: "add" });
  const empty = { name: "", settings: {}, fields: emptyForm().fields };
  const odd = { kind: "s3", name: 1, settings: { a: 1 }, fields: { tags: [], prefix: "yes", later: "" } };
  expect(asKept({ view: "add", form: odd }).form).toEqual({ kind: "s3", ...empty });
  const long = { ...emptyForm(), name: "Archive", settings: { bucket: "ü".repeat(2000) } };
  expect(keptOf("s3", long)).toEqual({ kind: "s3", ...empty });
});
