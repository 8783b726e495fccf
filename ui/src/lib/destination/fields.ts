/** What is set for files, as a form holds it, and its way from and into the api's draft. Pure. */

import type { ApiError, FieldsChange, FieldsDraft, IfExists } from "../api";
import { words } from "../words";

export interface FieldsForm {
  folder: string;
  tags: string;
  title: string;
  metadata: string;
  customId: string;
  ifExists: IfExists | "";
  prefix: boolean;
  hours: string;
}

const SECONDS_AN_HOUR = 3600;

export const nothingSet: FieldsDraft = {
  folder: null,
  tags: [],
  metadata: {},
  custom_id: null,
  title: null,
  if_exists: null,
  random_prefix: null,
  ttl_seconds: null,
};

/** The form that shows what is set. */
export const formOf = (fields: FieldsDraft): FieldsForm => ({
  folder: fields.folder ?? "",
  tags: fields.tags.join(", "),
  title: fields.title ?? "",
  metadata: Object.entries(fields.metadata)
    .map(([name, value]) => `${name}=${value ?? ""}`)
    .join("\n"),
  customId: fields.custom_id ?? "",
  ifExists: fields.if_exists === "ask" ? "" : (fields.if_exists ?? ""),
  prefix: fields.random_prefix ?? false,
  hours: fields.ttl_seconds === null ? "" : String(fields.ttl_seconds / SECONDS_AN_HOUR),
});

/** A field that is left empty is left to the service. */
export const orNull = (text: string): string | null => (text.trim() === "" ? null : text.trim());

export const wrong = (field: string, message: string): ApiError => ({
  code: "field",
  message,
  hint: null,
  field,
});

/** What is set, or what is wrong with the first field that is. What the kind does not take is not set. */
export function fieldsOf(form: FieldsForm, taken: string[]): FieldsDraft | ApiError {
  const has = (field: string) => taken.includes(field);
  const hours = has("ttl_seconds") ? orNull(form.hours) : null;
  const ttl = hours === null ? null : Math.round(Number(hours.replace(",", ".")) * SECONDS_AN_HOUR);
  if (ttl !== null && !(ttl > 0)) return wrong("ttl_seconds", words.fields.badHours);
  const metadata: Record<string, string> = {};
  for (const line of has("metadata") ? form.metadata.split("\n").filter((l) => l.trim() !== "") : []) {
    const at = line.indexOf("=");
    if (at < 1) return wrong("metadata", words.fields.badMetadata);
    const name = line.slice(0, at).trim();
    if (Object.hasOwn(metadata, name)) return wrong("metadata", words.fields.twice(name));
    metadata[name] = line.slice(at + 1).trim();
  }
  const tags = form.tags
    .split(",")
    .map((tag) => tag.trim())
    .filter((tag) => tag !== "");
  return {
    folder: has("folder") ? orNull(form.folder) : null,
    tags: has("tags") ? tags : [],
    metadata,
    custom_id: has("custom_id") ? orNull(form.customId) : null,
    title: has("title") ? orNull(form.title) : null,
    if_exists: has("if_exists") && form.ifExists !== "" ? form.ifExists : null,
    random_prefix: has("random_prefix") && form.prefix ? true : null,
    ttl_seconds: ttl,
  };
}

/**
 * The form of what is set beside a destination's own, which counts where nothing is. A text that is left empty leaves it to the
 * destination; a choice and a switch cannot be empty, so they stand as it has them.
 */
export const formOver = (own: FieldsDraft, usual: FieldsDraft): FieldsForm => ({
  ...formOf(own),
  ifExists: formOf(own.if_exists === null ? usual : own).ifExists,
  prefix: own.random_prefix ?? usual.random_prefix ?? false,
});

/** What is set in such a form: a choice and a switch that stand as the destination has them are not. */
export function fieldsOver(form: FieldsForm, usual: FieldsDraft, taken: string[]): FieldsDraft | ApiError {
  const fields = fieldsOf(form, taken);
  if ("code" in fields) return fields;
  const chosen = form.ifExists === "" ? "ask" : form.ifExists;
  return {
    ...fields,
    if_exists: taken.includes("if_exists") && chosen !== (usual.if_exists ?? "ask") ? chosen : null,
    random_prefix:
      taken.includes("random_prefix") && form.prefix !== (usual.random_prefix ?? false) ? form.prefix : null,
  };
}

/** The same form for another destination: what stood as the one has it stands as the other does. */
export function moveOver(form: FieldsForm, from: FieldsDraft, to: FieldsDraft): void {
  const [before, after] = [formOf(from), formOf(to)];
  if (form.ifExists === before.ifExists) form.ifExists = after.ifExists;
  if (form.prefix === before.prefix) form.prefix = after.prefix;
}

/** Whether anything but the folder is set. */
export const setsMore = (fields: FieldsDraft): boolean =>
  (Object.keys(nothingSet) as (keyof FieldsDraft)[]).some(
    (field) => field !== "folder" && JSON.stringify(fields[field]) !== JSON.stringify(nothingSet[field]),
  );

/** What can still be changed of files that have not started. */
export const CHANGEABLE = ["folder", "tags", "metadata", "custom_id", "title", "if_exists"];

/** What differs from before, or what is wrong with the first field that is. */
export function changeOf(
  before: { fields: FieldsForm; mime: string },
  after: { fields: FieldsForm; mime: string },
  taken: string[],
): FieldsChange | ApiError {
  const [old, next] = [fieldsOf(before.fields, taken), fieldsOf(after.fields, taken)];
  if ("code" in next) return next;
  const differs = (field: keyof FieldsDraft) =>
    "code" in old || JSON.stringify(old[field]) !== JSON.stringify(next[field]);
  const mime = orNull(after.mime);
  return {
    folder: differs("folder") ? (next.folder ?? "") : null,
    tags: differs("tags") ? next.tags : null,
    metadata: differs("metadata") ? next.metadata : null,
    custom_id: differs("custom_id") ? (next.custom_id ?? "") : null,
    title: differs("title") ? (next.title ?? "") : null,
    if_exists: differs("if_exists") ? (next.if_exists ?? "ask") : null,
    mime: mime !== before.mime.trim() ? mime : null,
  };
}

export const changesNothing = (change: FieldsChange): boolean =>
  Object.values(change).every((value) => value === null);

/** Whether the field of an error shows it beside itself; else the form says it. */
export const isBeside = (error: ApiError, fields: string[]): boolean =>
  error.field !== null && fields.includes(error.field);

/** Fields that few need. */
export const RARE = ["metadata", "custom_id", "random_prefix", "ttl_seconds"];
