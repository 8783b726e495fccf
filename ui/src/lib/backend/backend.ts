/** The one seam between the window and what does the work. Two implementations: the shell, and a fixture for browsers and tests. */

import type { ApiError, Command, Done, FieldsDraft, Look, NotificationsView, Tick, Visit } from "../api";
import type { Kept } from "../state/kept";

/** Something is dragged over the window. */
export interface Drag {
  over: boolean;
  /** Files and folders, where the system tells. */
  count: number | null;
}

export interface Watch {
  /** Look elsewhere: the list was scrolled, another job selected, the window hidden. */
  look(look: Look): void;
  stop(): void;
}

export interface Backend {
  /** Rejects with an `ApiError`. */
  call(command: Command): Promise<Done>;
  watch(look: Look, onTick: (tick: Tick) => void): Watch;
  /** Opens the system's dialog; the paths stay with the other side. */
  addFiles(): Promise<void>;
  addFolder(): Promise<void>;
  /** Opens the system's dialog and watches the folder that is chosen in it. */
  watchFolder(destination: string, fields: FieldsDraft, existing: boolean): Promise<void>;
  /** Opens the system's dialog; verified files of a watched folder are moved to what is chosen in it. */
  moveWatched(id: string): Promise<void>;
  /** Shows the job's file in the system's file manager. */
  showFile(job: string): Promise<void>;
  copyText(text: string): Promise<void>;
  /** Whether notifications come through; with `test` one is shown. */
  notifications(test: boolean): Promise<NotificationsView>;
  /** A button outside of the window sends it somewhere; also one that was pressed before the page was there. */
  onVisit(callback: (visit: Visit) => void): void;
  hide(): Promise<void>;
  /** Whether Partway starts at login, as the system has it; `null` where that cannot be known. */
  startsAtLogin(): Promise<boolean | null>;
  /** Answers what the system has after that. */
  startAtLogin(on: boolean): Promise<boolean | null>;
  /** Keeps what the window shows for the page after this one, for as long as the app runs. */
  keepScreen(screen: Kept): Promise<void>;
  /** What the page before this one kept. */
  keptScreen(): Promise<unknown>;
  quit(): Promise<void>;
  onDrag(callback: (drag: Drag) => void): void;
  /** Something that the page did not ask for could not be done: files of a drop or a start could not be taken in. Also before it was there. */
  onRefused(callback: (error: ApiError) => void): void;
}

/** Whatever was thrown, as something that can be shown. */
export function asApiError(thrown: unknown, otherwise: string): ApiError {
  if (typeof thrown === "object" && thrown !== null && "message" in thrown && "code" in thrown)
    return thrown as ApiError;
  return { code: "internal", message: otherwise, hint: null, field: null };
}
