/** The form of a destination, and its way into the api's draft. Pure. */

import type { ApiError, DestinationDraft } from "../api";
import { words } from "../words";

export interface Form {
  kind: string;
  name: string;
  key: string;
  folder: string;
  tags: string;
  url: string;
  hours: string;
  auth: string;
  metadata: string;
  prefix: boolean;
  customId: string;
}

export const emptyForm = (kind: string): Form => ({
  kind,
  name: "",
  key: "",
  folder: "",
  tags: "",
  url: "",
  hours: "",
  auth: "",
  metadata: "",
  prefix: false,
  customId: "",
});

const orNull = (text: string): string | null => (text.trim() === "" ? null : text.trim());

const wrong = (field: string, message: string): ApiError => ({ code: "field", message, hint: null, field });

const SECONDS_AN_HOUR = 3600;

/** The draft, or what is wrong with the first field that is. */
export function draftOf(form: Form): DestinationDraft | ApiError {
  if (form.name.trim() === "") return wrong("name", words.add.needName);
  const hours = orNull(form.hours);
  const ttl = hours === null ? null : Math.round(Number(hours.replace(",", ".")) * SECONDS_AN_HOUR);
  if (ttl !== null && !(ttl > 0)) return wrong("ttl_seconds", words.add.badHours);
  const metadata: Record<string, string> = {};
  for (const line of form.metadata.split("\n").filter((l) => l.trim() !== "")) {
    const at = line.indexOf("=");
    if (at < 1) return wrong("metadata", words.add.badMetadata);
    metadata[line.slice(0, at).trim()] = line.slice(at + 1).trim();
  }
  return {
    name: form.name.trim(),
    kind: form.kind,
    url: orNull(form.url),
    auth: orNull(form.auth),
    fields: {
      folder: orNull(form.folder),
      tags: form.tags
        .split(",")
        .map((tag) => tag.trim())
        .filter((tag) => tag !== ""),
      metadata,
      custom_id: orNull(form.customId),
      random_prefix: form.prefix ? true : null,
      ttl_seconds: ttl,
    },
  };
}

export const isError = (value: DestinationDraft | ApiError): value is ApiError => "code" in value;

/** Fields that stand under Advanced, so that it opens when one of them is not right. */
export const ADVANCED = ["url", "auth", "ttl_seconds", "metadata", "random_prefix", "custom_id"];

/** Fields that show beside themselves what is wrong with them. */
export const FIELDS = ["name", "key", "folder", "tags", "url", "ttl_seconds", "metadata", "custom_id"];
