/** The keys of the whole window. Keys inside the list are the list's own. */

import type { Partway } from "./context";

/** Ctrl, or ⌘ where that is the custom. */
const commands = (event: KeyboardEvent): boolean =>
  /Mac/.test(navigator.platform) ? event.metaKey && !event.ctrlKey : event.ctrlKey && !event.metaKey;

/** Whether the key means the text that is being written. */
const writes = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && target.closest("input, textarea, [contenteditable]") !== null;

export function onKey(event: KeyboardEvent, { session, screen, acts }: Partway): void {
  if (event.defaultPrevented || event.altKey) return;
  if (event.key === "Escape" && !event.ctrlKey) return escape();
  if (!commands(event)) return;
  const key = event.key.toLowerCase();
  const row = session.selectedRow;
  const known: Record<string, () => void> = {
    o: () => (event.shiftKey ? acts.addFolder() : acts.addFiles()),
    // Also keeps the web view from loading the page anew.
    r: () => row?.actions.includes("retry") && acts.job("retry", row),
    i: () => row && (screen.details = !screen.details),
    ",": () => (screen.view = "settings"),
    w: acts.hide,
    q: acts.quit,
  };
  const act = known[key];
  if (!act || (writes(event.target) && key === "i")) return;
  event.preventDefault();
  if (screen.dialog === null || key === "q" || key === "w") act();

  function escape() {
    if (screen.dialog) return;
    if (screen.said) screen.hush();
    else if (screen.view !== "queue") screen.view = "queue";
    else if (screen.details) screen.details = false;
  }
}
