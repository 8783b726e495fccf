/** The form of a destination on its way into a draft. */

import { expect, test } from "vitest";

import { draftOf, emptyForm, isError } from "./draft";

const form = (rest: object) => ({ ...emptyForm("autorender"), name: "Acme media", ...rest });

test("what is left empty is left to the service", () => {
  expect(draftOf(form({}))).toEqual({
    name: "Acme media",
    kind: "autorender",
    url: null,
    auth: null,
    fields: { folder: null, tags: [], metadata: {}, custom_id: null, random_prefix: null, ttl_seconds: null },
  });
});

test("tags, metadata and hours are read", () => {
  const draft = draftOf(form({ tags: " campaign, raw ,", metadata: "a=1\n b = x=y \n", hours: "1,5" }));
  expect(draft).toMatchObject({
    fields: { tags: ["campaign", "raw"], metadata: { a: "1", b: "x=y" }, ttl_seconds: 5400 },
  });
});

test("the key is no part of the draft", () => {
  expect(JSON.stringify(draftOf(form({ key: "very-secret" })))).not.toContain("very-secret");
});

test.each([
  [{ name: " " }, "name"],
  [{ hours: "soon" }, "ttl_seconds"],
  [{ hours: "0" }, "ttl_seconds"],
  [{ metadata: "nonsense" }, "metadata"],
])("%j is refused at its field", (rest, field) => {
  const refused = draftOf(form(rest));
  expect(isError(refused) && refused.field).toBe(field);
});
