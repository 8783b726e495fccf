/** Numbers as people read them: decimal units, three digits, honest time. Pure; nothing here knows a component. */

const UNITS = ["B", "kB", "MB", "GB", "TB", "PB"] as const;

/** The index of the unit in which three digits say most about `n`. */
function unitOf(n: number): number {
  let unit = 0;
  // 999.5 rounds to 1,000, which is said in the next unit.
  while (unit < UNITS.length - 1 && n / 1000 ** unit >= 999.5) unit += 1;
  return unit;
}

/** Decimals that leave three digits. */
function decimalsOf(value: number): number {
  if (value >= 99.95) return 0;
  return value >= 9.995 ? 1 : 2;
}

/** Digits after the point that say nothing are left away. */
const plain = (text: string): string => (text.includes(".") ? text.replace(/\.?0+$/, "") : text);

/** "7.34 GB", "412 MB", "1.9 GB". */
export function bytes(n: number): string {
  const unit = unitOf(n);
  const value = n / 1000 ** unit;
  return `${plain(value.toFixed(unit === 0 ? 0 : decimalsOf(value)))} ${UNITS[unit]}`;
}

/** "4.48 of 7.34 GB": both in the unit of the whole, and the first is cut, never rounded up to what is not there yet. */
export function bytesOf(some: number, all: number): string {
  const unit = unitOf(all);
  const scale = 1000 ** unit;
  const decimals = unit === 0 ? 0 : decimalsOf(all / scale);
  const cut = Math.floor((Math.min(some, all) / scale) * 10 ** decimals + 1e-9) / 10 ** decimals;
  return `${plain(cut.toFixed(decimals))} of ${plain((all / scale).toFixed(decimals))} ${UNITS[unit]}`;
}

/** "52.1 MB/s", "31.0 MB/s": the number of digits stays, so that the text does not jump. */
export function speed(bytesPerSecond: number): string {
  const unit = Math.max(1, unitOf(bytesPerSecond));
  const value = bytesPerSecond / 1000 ** unit;
  return `${value.toFixed(unit === 1 ? 0 : decimalsOf(value))} ${UNITS[unit]}/s`;
}

/** Whole percent of what is confirmed, cut: 100 only when nothing is missing. */
export function percent(confirmed: number, size: number): number {
  if (size <= 0) return 0;
  return Math.min(100, Math.floor((confirmed / size) * 100));
}

const HOUR = 3600;
const DAY = 24 * HOUR;

/** "under a minute", "about 6 min", "about 25 min", "about 2 h 10 min", "about 27 h", "about 3 days". */
export function timeLeft(seconds: number): string {
  if (seconds < 60) return "under a minute";
  const minutes = Math.round(seconds / 60);
  if (minutes < 15) return `about ${minutes} min`;
  if (seconds < 57.5 * 60) return `about ${Math.round(minutes / 5) * 5} min`;
  if (seconds < 10 * HOUR) {
    const tens = Math.round(seconds / 600);
    const rest = (tens % 6) * 10;
    return `about ${Math.floor(tens / 6)} h${rest > 0 ? ` ${rest} min` : ""}`;
  }
  if (seconds < 2 * DAY) return `about ${Math.round(seconds / HOUR)} h`;
  return `about ${Math.round(seconds / DAY)} days`;
}

/** "14:06" on the day of `now`, else "20 Nov, 14:06". Unix milliseconds. */
export function clockTime(at: number, now: number, locale?: string, timeZone?: string): string {
  const clock = new Intl.DateTimeFormat(locale, {
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
    timeZone,
  });
  const day = new Intl.DateTimeFormat(locale, { day: "numeric", month: "short", timeZone });
  return day.format(at) === day.format(now) ? clock.format(at) : `${day.format(at)}, ${clock.format(at)}`;
}

/** "1 file", "2,000 files". */
export function count(n: number, one: string, many: string): string {
  return `${n.toLocaleString("en")} ${n === 1 ? one : many}`;
}
