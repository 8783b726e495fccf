/** What the window showed, for the page that comes after this one: the shell lets the page of a window go that was hidden for long. */

import type { Filter } from "../api";
import { asKeptForm, type KeptForm } from "../destination/draft";
import { words } from "../words";
import type { View } from "./screen.svelte";

export interface Kept {
  view: View;
  details: boolean;
  filter: Filter;
  selected: string | null;
  /** The list's first row in sight, and how far it was scrolled out. */
  top: Top;
  /** Pixels of the settings that are scrolled out of sight. */
  sheet: number;
  /** What was typed of a new destination. Its key is not kept, not even in memory. */
  form: KeptForm | null;
}

/** Rows have no fixed height, so pixels alone would say nothing to a list that has not measured them yet. */
export interface Top {
  row: number;
  /** Pixels of it that are out of sight. */
  into: number;
}

export const nothingKept: Kept = {
  view: "queue",
  details: false,
  filter: "all",
  selected: null,
  top: { row: 0, into: 0 },
  sheet: 0,
  form: null,
};

const whole = (value: unknown): number =>
  typeof value === "number" && Number.isFinite(value) && value > 0 ? Math.floor(value) : 0;

/** Whatever the shell kept, as far as it can be shown: an earlier version may have had other words for it. */
export function asKept(value: unknown): Kept {
  if (typeof value !== "object" || value === null) return nothingKept;
  const { view, details, filter, selected, top, sheet, form } = value as Record<string, unknown>;
  return {
    view: view === "settings" || view === "add" ? view : "queue",
    details: details === true,
    filter: typeof filter === "string" && Object.hasOwn(words.filters, filter) ? (filter as Filter) : "all",
    selected: typeof selected === "string" ? selected : null,
    top: { row: whole((top as Partial<Top> | null)?.row), into: whole((top as Partial<Top> | null)?.into) },
    sheet: whole(sheet),
    // It belongs to its page.
    form: view === "add" ? asKeptForm(form) : null,
  };
}
