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
