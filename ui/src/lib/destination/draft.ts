/** The form of a destination, and its way into the api's draft. Pure. */

import type { ApiError, DestinationDraft, KeyDraft, KindView, SettingView } from "../api";
import { words } from "../words";
import { fieldsOf, formOf, nothingSet, RARE, wrong, type FieldsForm } from "./fields";

export interface Form {
  name: string;
  key: string;
  secret: string;
  sessionToken: string;
  /** By the settings' names. */
  settings: Record<string, string>;
  fields: FieldsForm;
}

export const emptyForm = (): Form => ({
  name: "",
  key: "",
  secret: "",
  sessionToken: "",
  settings: {},
  fields: formOf(nothingSet),
});

/** What of the form is kept while the window has no page: everything but the key, of which no part is ever kept. */
export interface KeptForm {
  kind: string;
  name: string;
  settings: Record<string, string>;
  fields: FieldsForm;
}

/** Bytes of a form that is kept: more than any needs but one with much metadata, and less than the shell keeps. */
const MOST_KEPT = 3000;

/** An address with a password in it, which no destination takes, may be just being typed. */
const SIGN_IN = /:\/\/[^/]*@/;

export function keptOf(kind: string, { name, settings, fields }: Form): KeptForm {
  const open = Object.entries(settings).filter(([, value]) => !SIGN_IN.test(value));
  const kept = { kind, name, settings: Object.fromEntries(open), fields: { ...fields } };
  if (new TextEncoder().encode(JSON.stringify(kept)).length <= MOST_KEPT) return kept;
  const { name: unnamed, settings: none, fields: empty } = emptyForm();
  return { kind, name: unnamed, settings: none, fields: empty };
}

/** Whatever was kept, as far as it is a form; `null` where it is none. */
export function asKeptForm(value: unknown): KeptForm | null {
  const { kind, name, settings, fields } = (value ?? {}) as Record<string, unknown>;
  if (typeof kind !== "string" || kind === "") return null;
  const empty = emptyForm();
  /** What of it is as in the empty form, name by name. */
  const like = <T extends object>(given: unknown, form: T): T =>
    Object.fromEntries(
      Object.entries(form).map(([at, usual]) => {
        const found = (given as Record<string, unknown> | null | undefined)?.[at];
        return [at, typeof found === typeof usual ? found : usual];
      }),
    ) as T;
  const typed = Object.entries((settings ?? {}) as object).filter(([, text]) => typeof text === "string");
  return {
    kind,
    name: typeof name === "string" ? name : "",
    settings: Object.fromEntries(typed) as Record<string, string>,
    fields: like(fields, empty.fields),
  };
}

/** The draft, or what is wrong with the first field that is. */
export function draftOf(form: Form, kind: KindView): DestinationDraft | ApiError {
  if (form.name.trim() === "") return wrong("name", words.add.needName);
  const settings: Record<string, string> = {};
  for (const { name } of kind.settings) {
    const value = form.settings[name]?.trim() ?? "";
    if (value !== "") settings[name] = value;
  }
  const fields = fieldsOf(form.fields, kind.file_fields);
  if (isError(fields)) return fields;
  return { name: form.name.trim(), kind: kind.kind, settings, fields };
}

export const isError = <T extends object>(value: T | ApiError): value is ApiError => "code" in value;

/** The key as it was typed; `null`: there is none yet. */
export function keyOf(form: Form, kind: KindView, from: "keychain" | "this-session"): KeyDraft | null {
  if (form.key.trim() === "") return null;
  const part = (text: string) => (kind.secret_label === null || text.trim() === "" ? null : text.trim());
  return { from, key: form.key.trim(), secret: part(form.secret), session_token: part(form.sessionToken) };
}

/** Those that must be given first, then the others that many need. */
export const usual = (kind: KindView): SettingView[] => {
  const shown = kind.settings.filter((setting) => !setting.advanced);
  return [...shown.filter((setting) => setting.required), ...shown.filter((setting) => !setting.required)];
};

export const rare = (kind: KindView): SettingView[] => kind.settings.filter((setting) => setting.advanced);

/** Fields that stand under Advanced, so that it opens when one of them is not right. */
export const advanced = (kind: KindView): string[] => [
  ...rare(kind).map((setting) => setting.name),
  ...RARE.filter((field) => kind.file_fields.includes(field)),
  ...(kind.secret_label === null ? [] : ["session_token"]),
];

/** Fields that show beside themselves what is wrong with them. */
export const shown = (kind: KindView): string[] => [
  "name",
  "key",
  ...(kind.secret_label === null ? [] : ["secret"]),
  ...usual(kind).map((setting) => setting.name),
  ...kind.file_fields,
  ...advanced(kind),
];
