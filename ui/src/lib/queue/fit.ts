/** Shortens the beginning of a name so that it ends right before its last letters. CSS alone leaves a hole of up to a letter after its ellipsis. */

const ELLIPSIS = "…";

/** How many letters of the text in `node` are at most `room` pixels wide. */
function lettersWithin(node: Text, room: number): number {
  const range = document.createRange();
  range.setStart(node, 0);
  let fits = 0;
  let over = node.length;
  while (over - fits > 1) {
    const middle = (fits + over) >> 1;
    range.setEnd(node, middle);
    if (range.getBoundingClientRect().width <= room) fits = middle;
    else over = middle;
  }
  return fits;
}

/** For `{@attach}` on the line that holds the name; writes `text` into its `.start`. */
export const fit = (text: string) => (line: HTMLElement) => {
  const start = line.querySelector<HTMLElement>(".start");
  if (!start) return;
  const node = document.createTextNode(text);
  start.replaceChildren(node);

  // Called once the line is laid out, and whenever its width changes.
  const observer = new ResizeObserver(() => {
    if (node.data !== text) node.data = text;
    if (start.scrollWidth <= start.clientWidth) return;
    const ellipsisWidth = parseFloat(getComputedStyle(start).fontSize);
    // WebKit measures nothing behind the ellipsis of its own.
    start.style.textOverflow = "clip";
    const letters = lettersWithin(node, start.clientWidth - ellipsisWidth);
    start.style.textOverflow = "";
    // Half of a letter that takes two code units is none.
    const whole = text.slice(0, letters).replace(/[\uD800-\uDBFF]$/, "");
    node.data = whole.trimEnd() + ELLIPSIS;
  });
  observer.observe(line);
  return () => observer.disconnect();
};
