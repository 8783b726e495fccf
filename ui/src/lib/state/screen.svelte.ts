/** What of the window is shown: the view, the details, one dialog, one message. What of it outlives the page stands in kept.ts. */

import { MediaQuery } from "svelte/reactivity";

import type { ApiError, DestinationView, Done, JobRow, WatchedView } from "../api";
import type { KeptForm } from "../destination/draft";
import type { Kept, Top } from "./kept";

export type View = "queue" | "add" | "settings";

export type Dialog =
  | { about: "cancel"; row: JobRow }
  | { about: "diagnostics" }
  | { about: "replace-key"; destination: DestinationView }
  | { about: "test-destination"; destination: DestinationView }
  | { about: "remove-destination"; destination: DestinationView }
  /** `null`: a new one. */
  | { about: "watch-folder"; folder: WatchedView | null }
  | { about: "remove-watched"; folder: WatchedView };

/** A short message at the foot of the window. */
export interface Said {
  text: string;
  hint: string | null;
  bad: boolean;
  /** It stays until it is put away: nobody was waiting for it, so nobody may be looking. */
  stays: boolean;
}

/** Milliseconds that a message stays; long enough to be read twice. */
const STAYS = { good: 3000, bad: 12_000 };

/** So many messages that stay are shown at once. */
const MOST = 3;

export function openScreen(kept: Kept) {
  let view = $state<View>(kept.view);
  let details = $state(kept.details);
  let top = $state.raw(kept.top);
  let sheet = $state(kept.sheet);
  let form = $state.raw(kept.form);
  let dialog = $state.raw<Dialog | null>(null);
  let said = $state.raw<Said | null>(null);
  let railOpen = $state(false);
  let timer: ReturnType<typeof setTimeout> | undefined;
  const railFits = new MediaQuery("width >= 760px", true);
  const detailsFit = new MediaQuery("width >= 1000px", true);

  function say(message: Said | null) {
    clearTimeout(timer);
    said = message;
    if (message && !message.stays)
      timer = setTimeout(() => (said = null), message.bad ? STAYS.bad : STAYS.good);
  }

  /** One after the other in the same message: none takes another's place before it was read. */
  function sayRefused(error: ApiError) {
    const line = error.hint === null ? error.message : `${error.message} ${error.hint}`;
    const before = said?.stays ? said.text.split("\n") : [];
    const lines = [...before.filter((other) => other !== line), line];
    say({ text: lines.slice(-MOST).join("\n"), hint: null, bad: true, stays: true });
  }

  return {
    get view() {
      return view;
    },
    set view(next: View) {
      // Opened by hand, the settings begin at their top.
      if (next !== view) sheet = 0;
      view = next;
      railOpen = false;
    },
    /** Whether the details of the selected job are open. */
    get details() {
      return details;
    },
    set details(open: boolean) {
      details = open;
    },
    /** Where the list stands. */
    get top() {
      return top;
    },
    set top(next: Top) {
      top = next;
    },
    /** How far the settings are scrolled, in pixels. */
    get sheet() {
      return sheet;
    },
    set sheet(next: number) {
      sheet = next;
    },
    /** What is typed of a new destination, without its key; `null` while none is made. */
    get form() {
      return form;
    },
    set form(next: KeptForm | null) {
      form = next;
    },
    get dialog() {
      return dialog;
    },
    set dialog(next: Dialog | null) {
      dialog = next;
    },
    get said() {
      return said;
    },
    /** The rail as a drawer, where the window is narrow. */
    get railOpen() {
      return railOpen;
    },
    set railOpen(open: boolean) {
      railOpen = open;
    },
    get railFits() {
      return railFits.current;
    },
    get detailsFit() {
      return detailsFit.current;
    },
    say: (text: string) => say({ text, hint: null, bad: false, stays: false }),
    sayError: (error: ApiError) => say({ text: error.message, hint: error.hint, bad: true, stays: false }),
    sayRefused,
    /** With a destination came what of its settings is kept otherwise than it was typed, and what of the files that waited for it could
     * not be taken in. */
    sayAdded(done: Done) {
      if (done.done !== "destination") return;
      if (done.amended !== null) say({ text: done.amended, hint: null, bad: false, stays: true });
      if (done.not_taken === null) return;
      sayRefused({ code: "refused", message: done.not_taken, hint: null, field: null });
    },
    hush: () => say(null),
  };
}

export type Screen = ReturnType<typeof openScreen>;
