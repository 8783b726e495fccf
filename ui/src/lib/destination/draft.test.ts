/** The form of a destination on its way into a draft. */

import { expect, test } from "vitest";

import type { KindView } from "../api";
import { advanced, draftOf, emptyForm, isError, keyOf, shown, usual } from "./draft";
import { changeOf, changesNothing, fieldsOf, formOf, isBeside, nothingSet } from "./fields";

const setting = (name: string, rest: object = {}) => ({
  name,
  label: name,
  help: "",
  form: { as: "text" as const, placeholder: "" },
  required: false,
  advanced: false,
  ...rest,
});

const kind: KindView = {
  kind: "store",
  name: "Store",
  about: "",
  key_label: "Key",
  key_help: "",
  secret_label: "Secret",
  settings: [setting("region"), setting("bucket", { required: true }), setting("url", { advanced: true })],
  file_fields: ["folder", "tags", "metadata", "ttl_seconds"],
  cannot_know: [],
};
const one: KindView = { ...kind, secret_label: null, file_fields: ["title"] };

const form = (rest: object = {}) => ({ ...emptyForm(), name: "Acme media", ...rest });
const fields = (rest: object) => ({ ...formOf(nothingSet), ...rest });

test("what is left empty is left to the service", () => {
  expect(draftOf(form(), kind)).toEqual({
    name: "Acme media",
    kind: "store",
    settings: {},
    fields: nothingSet,
  });
});

test("only what the kind asks and takes goes out", () => {
  const filled = form({
    settings: { bucket: " b ", region: " ", project: "of another kind" },
    fields: fields({ title: "T", folder: "up", metadata: "nonsense" }),
  });
  expect(draftOf(filled, one)).toEqual({
    name: "Acme media",
    kind: "store",
    settings: { bucket: "b" },
    fields: { ...nothingSet, title: "T" },
  });
});

test("tags, metadata and hours are read, and come back as they were", () => {
  const typed = fields({ tags: " campaign, raw ,", metadata: "a=1\n b = x=y \n", hours: "1,5" });
  const read = fieldsOf(typed, kind.file_fields);
  expect(read).toMatchObject({
    tags: ["campaign", "raw"],
    metadata: { a: "1", b: "x=y" },
    ttl_seconds: 5400,
  });
  if (isError(read)) throw new Error(read.message);
  expect(fieldsOf(formOf(read), kind.file_fields)).toEqual(read);
});

test("each field goes out as it was set, and none that the kind does not take", () => {
  const typed = fields({
    folder: "in",
    title: "T",
    customId: "c",
    ifExists: "skip",
    prefix: true,
    hours: "1",
    tags: "a",
  });
  const all = ["folder", "title", "custom_id", "if_exists", "random_prefix", "ttl_seconds", "tags"];
  expect(fieldsOf(typed, all)).toEqual({
    folder: "in",
    tags: ["a"],
    metadata: {},
    custom_id: "c",
    title: "T",
    if_exists: "skip",
    random_prefix: true,
    ttl_seconds: 3600,
  });
  expect(fieldsOf(typed, [])).toEqual(nothingSet);
});

test("one field that differs is a change", () => {
  const before = { fields: fields({}), mime: "" };
  const change = changeOf(before, { fields: fields({ title: "T" }), mime: "" }, ["title"]);
  if (isError(change)) throw new Error(change.message);
  expect(changesNothing(change)).toBe(false);
  expect(changesNothing({ ...change, title: null })).toBe(true);
});

test("metadata of one name is told and not lost", () => {
  const twice = fieldsOf(fields({ metadata: "a=1\na=2" }), kind.file_fields);
  expect(twice).toMatchObject({
    code: "field",
    field: "metadata",
    message: expect.stringContaining("twice"),
  });
});

test("an error shows once: beside its field, or for the whole form", () => {
  const error = (field: string | null) => ({ code: "field" as const, message: "", hint: null, field });
  expect(isBeside(error("tags"), ["tags"])).toBe(true);
  expect(isBeside(error("mime"), ["tags"])).toBe(false);
  expect(isBeside(error(null), ["tags"])).toBe(false);
});

test("the key is no part of the draft, and has as many parts as its kind says", () => {
  const filled = form({ key: " very-secret ", secret: "hush", sessionToken: " " });
  expect(JSON.stringify(draftOf(filled, kind))).not.toContain("very-secret");
  expect(keyOf(filled, kind, "keychain")).toEqual({
    from: "keychain",
    key: "very-secret",
    secret: "hush",
    session_token: null,
  });
  expect(keyOf(filled, one, "this-session")).toMatchObject({ secret: null });
  expect(keyOf(form({ key: " " }), one, "keychain")).toBeNull();
});

test("what must be given stands first, and each field can show its own sentence", () => {
  expect(usual(kind).map((s) => s.name)).toEqual(["bucket", "region"]);
  expect(advanced(kind)).toEqual(["url", "metadata", "ttl_seconds", "session_token"]);
  for (const field of ["name", "key", "secret", "bucket", "region", "folder", "url", "session_token"])
    expect(shown(kind)).toContain(field);
});

test("a change holds only what differs", () => {
  const before = { fields: fields({ tags: "a", folder: "up" }), mime: "" };
  const same = changeOf(before, { ...before }, kind.file_fields);
  expect(!isError(same) && changesNothing(same)).toBe(true);
  const after = { fields: fields({ tags: "a, b", folder: "" }), mime: "video/mp4" };
  expect(changeOf(before, after, kind.file_fields)).toEqual({
    folder: "",
    tags: ["a", "b"],
    metadata: null,
    custom_id: null,
    title: null,
    if_exists: null,
    mime: "video/mp4",
  });
});

test("a rule for taken names can be set back to asking", () => {
  const before = { fields: fields({ ifExists: "rename" }), mime: "" };
  const change = changeOf(before, { ...before, fields: fields({ ifExists: "" }) }, ["if_exists"]);
  expect(!isError(change) && change.if_exists).toBe("ask");
  expect(formOf({ ...nothingSet, if_exists: "ask" }).ifExists).toBe("");
});

test.each([
  [{ name: " " }, "name"],
  [{ fields: fields({ hours: "soon" }) }, "ttl_seconds"],
  [{ fields: fields({ hours: "0" }) }, "ttl_seconds"],
  [{ fields: fields({ metadata: "nonsense" }) }, "metadata"],
])("%j is refused at its field", (rest, field) => {
  const refused = draftOf(form(rest), kind);
  expect(isError(refused) && refused.field).toBe(field);
});
