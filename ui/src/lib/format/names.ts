/** File names cut in the middle: the beginning, the last 14 characters and the type stay. */

/** Characters of the name before its type that are always shown. */
const KEPT = 14;
/** The shortest beginning that is worth an ellipsis. */
const SHORTEST_START = 4;
/** A longer "type" is part of the name ("report.final version"). */
const LONGEST_TYPE = 8;

export interface CutName {
  /** May be shortened by an ellipsis. */
  start: string;
  /** Always shown. */
  end: string;
}

/** What a reader takes for one character, so that no letter loses its accent and no emoji is halved. */
const letters = (text: string): string[] =>
  Array.from(new Intl.Segmenter(undefined, { granularity: "grapheme" }).segment(text), (s) => s.segment);

/** Where `name` may be cut; short names have no end of their own. */
export function cutName(name: string): CutName {
  const dot = name.lastIndexOf(".");
  const typed = dot > 0 && name.length - dot - 1 <= LONGEST_TYPE && dot < name.length - 1;
  const stem = letters(typed ? name.slice(0, dot) : name);
  const type = typed ? name.slice(dot) : "";
  if (stem.length < KEPT + SHORTEST_START) return { start: name, end: "" };
  return { start: stem.slice(0, -KEPT).join(""), end: stem.slice(-KEPT).join("") + type };
}
