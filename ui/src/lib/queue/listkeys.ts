/** Where the keys of a list lead. */

/** The index that `key` leads to from `at` (-1: nowhere yet) in a list of `total`; `null` for any other key. */
export function moveTo(key: string, at: number, total: number, page: number): number | null {
  if (total === 0) return null;
  const clamp = (index: number) => Math.max(0, Math.min(total - 1, index));
  switch (key) {
    case "ArrowDown":
      return clamp(at + 1);
    case "ArrowUp":
      return at < 0 ? total - 1 : clamp(at - 1);
    case "PageDown":
      return clamp(at + page);
    case "PageUp":
      return clamp(at - page);
    case "Home":
      return 0;
    case "End":
      return total - 1;
    default:
      return null;
  }
}
