/** The ribbon of a row and the grid of a job: their letters (see `JobRow.ribbon`) into what is drawn. */

/** The most letters of a ribbon; with more parts than that, each letter is a share of several. */
const SHARES = 256;
/** From here on the gaps would be wider than the parts. */
const GAPS_UNTIL = 60;

export type Kind = "empty" | "way" | "share" | "confirmed" | "again" | "failed";

/** Neighbours that look alike. */
export interface Run {
  kind: Kind;
  /** How many letters. */
  length: number;
  /** Tenths that are filled, for `way` (taken) and `share` (confirmed). */
  tenths: number;
}

export function kindOf(letter: string, shared: boolean): Kind {
  if (letter === "d") return "confirmed";
  if (letter === "r") return "again";
  if (letter === "x") return "failed";
  if (letter >= "0" && letter <= "9") return shared ? "share" : "way";
  return "empty";
}

export const isShared = (parts: number): boolean => parts > SHARES;

/** Whether the parts are drawn apart. */
export const hasGaps = (parts: number): boolean => parts > 1 && parts < GAPS_UNTIL;

/** The letters, with like neighbours joined: a ribbon of 256 letters is mostly three pieces. */
export function runs(letters: string, parts: number): Run[] {
  const shared = isShared(parts);
  const found: Run[] = [];
  for (const letter of letters) {
    const kind = kindOf(letter, shared);
    const tenths = kind === "way" || kind === "share" ? Number(letter) : 0;
    const last = found.at(-1);
    // A filled piece has its own level, so two of them never join.
    if (last && last.kind === kind && kind !== "way" && kind !== "share") last.length += 1;
    else found.push({ kind, length: 1, tenths });
  }
  return found;
}
