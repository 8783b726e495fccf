/** What a row says about its state. Pure, so that the words can be tested without a window. */

import type { Action, JobRow } from "../api";
import { percent, speed, timeLeft } from "../format/numbers";
import { words } from "../words";

/** Percent of a row whose parts go. */
const movingPercent = (row: JobRow): number | null =>
  row.state === "uploading" ? percent(row.confirmed, row.size) : null;

/** Whether there is nothing to say but that it goes on; "Slowed" and "Waiting for the network" say more than a number. */
const plain = (row: JobRow): boolean => row.label === words.uploading;

/** The bold word of the state column. */
export function headline(row: JobRow): string {
  const share = movingPercent(row);
  return share === null || !plain(row) ? row.label : `${share} %`;
}

/** The short line under it. */
export function subline(row: JobRow): string {
  const share = movingPercent(row);
  if (share === null || row.sub !== "") return row.sub;
  const told = plain(row) ? [] : [`${share} %`];
  if (row.speed > 0) told.push(speed(row.speed));
  if (row.seconds_left !== null) told.push(timeLeft(row.seconds_left));
  return told.join(" · ");
}

/** "18 % · 3.1 GB more on the way": movement beside what is confirmed, so that a slow part never looks hung. */
export function shareTip(row: JobRow): string {
  const share = `${percent(row.confirmed, row.size)} %`;
  return row.on_the_way > 0 ? `${share} · ${words.onTheWay(row.on_the_way)}` : share;
}

/** The name that a screen reader says for the row. */
export const rowName = (row: JobRow): string =>
  words.rowName(
    row.name,
    row.label,
    row.size > 0 && row.state !== "verified" ? percent(row.confirmed, row.size) : null,
  );

/** Actions that may stand in the row itself, the first that applies; never Cancel beside Pause. A refused key has its banner. */
const INLINE: Action[] = ["pause", "resume", "retry", "copy-link"];
/** Beside a sentence there is room for longer words. */
const BESIDE_SENTENCE: Action[] = [
  "stop-now",
  ...INLINE,
  "replace-key",
  "overwrite",
  "mark-arrived",
  "send-again",
  "remove",
];

export interface Placed {
  /** In the row, or beside its sentence. */
  inline: Action | null;
  /** Whether it stands beside the sentence: words do, the icons of pause and resume keep their place. */
  beside: boolean;
  /** Behind ⋯. */
  menu: Action[];
}

export function place(row: JobRow): Placed {
  const offered = row.sentence === null ? INLINE : BESIDE_SENTENCE;
  const inline = offered.find((action) => row.actions.includes(action)) ?? null;
  const beside = row.sentence !== null && inline !== "pause" && inline !== "resume";
  return { inline, beside, menu: row.actions.filter((action) => action !== inline) };
}
