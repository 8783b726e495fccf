/** The desktop shell as backend. The only file that imports from `@tauri-apps`. */

import { Channel, invoke } from "@tauri-apps/api/core";
import { listen } from "@tauri-apps/api/event";

import type { ApiError, Command, Done, Look, NotificationsView, Tick, Visit } from "../api";
import type { Backend, Drag } from "./backend";

export const tauri: Backend = {
  call: (command: Command) => invoke<Done>("call", { command }),

  watch(look: Look, onTick: (tick: Tick) => void) {
    const channel = new Channel<Tick>();
    let stopped = false;
    channel.onmessage = (tick) => {
      if (!stopped) onTick(tick);
    };
    // A look that is sent before `watch` has answered would be lost: they go one after the other.
    let last: Promise<unknown> = invoke("watch", { look, channel });
    const send = (next: Look) => {
      last = last.then(() => invoke("look", { look: next })).catch(() => undefined);
    };
    return {
      look: send,
      stop() {
        stopped = true;
        send({ ...look, hidden: true });
      },
    };
  },

  addFiles: () => invoke("add_files"),
  addFolder: () => invoke("add_folder"),
  watchFolder: (destination, fields, existing) => invoke("watch_folder", { destination, fields, existing }),
  moveWatched: (id) => invoke("move_watched", { id }),
  showFile: (job) => invoke("show_file", { job }),
  copyText: (text) => invoke("copy_text", { text }),
  notifications: (test) => invoke<NotificationsView>("notifications", { test }),
  onVisit(callback) {
    const take = () =>
      invoke<Visit | null>("take_visit").then(
        (visit) => visit && callback(visit),
        () => undefined,
      );
    // What was pressed before anybody listened is taken once somebody does.
    void listen("visit", take).then(take);
  },
  hide: () => invoke("hide"),
  startsAtLogin: () => invoke("starts_at_login"),
  startAtLogin: (on) => invoke("start_at_login", { on }),
  keepScreen: (screen) => invoke("keep_screen", { screen }),
  keptScreen: () => invoke("kept_screen"),
  quit: () => invoke("quit"),
  onRefused(callback) {
    const take = () =>
      invoke<ApiError[]>("take_refused").then(
        (all) => all.forEach(callback),
        () => undefined,
      );
    // What was refused before anybody listened is taken once somebody does.
    void listen("refused", take).then(take);
  },
  onDrag: (callback) => void listen<Drag>("drag", (event) => callback(event.payload)),
};
