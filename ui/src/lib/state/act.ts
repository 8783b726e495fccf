/** What buttons, menus and keys do. What went wrong is said, never thrown. */

import type { Action, Command, Done, JobRow, KeychainView, Selection, Visit } from "../api";
import { asApiError, type Backend } from "../backend/backend";
import { words } from "../words";
import type { Screen } from "./screen.svelte";
import type { Session } from "./session.svelte";

const one = (id: string): Selection => ({ of: "job", id });

export function openActs(backend: Backend, session: Session, screen: Screen) {
  async function guard<T>(work: () => Promise<T>): Promise<T | null> {
    try {
      return await work();
    } catch (thrown) {
      const error = asApiError(thrown, words.unreachable);
      if (error.code === "no-destination") screen.view = session.counts?.all ? "add" : "queue";
      else screen.sayError(error);
      return null;
    }
  }

  const run = (command: Command): Promise<Done | null> => guard(() => backend.call(command));

  async function copy(text: string) {
    await guard(async () => {
      await backend.copyText(text);
      screen.say(words.copied);
    });
  }

  async function copyLink(jobs: Selection) {
    const done = await run({ do: "link", jobs });
    if (done?.done === "link") await copy(done.text);
  }

  function replaceKey(idOrName: string) {
    const destination = session.destinations?.find((d) => d.id === idOrName || d.name === idOrName);
    if (destination) screen.dialog = { about: "replace-key", destination };
  }

  /** Has the keychain ask its user, or asks it again. What it says is said where it still does not work. */
  async function askKeychain(): Promise<KeychainView | null> {
    const done = await run({ do: "unlock-keychain" });
    if (done?.done !== "keychain") return null;
    if (!done.keychain.works) screen.say(done.keychain.text);
    return done.keychain;
  }

  /** Removes a destination; where its key has to stay for now, that is said. */
  async function removeDestination(id: string) {
    const done = await run({ do: "remove-destination", id });
    if (done?.done === "removed" && done.left !== null) screen.say(done.left);
  }

  /** One action of one job. */
  function job(action: Action, row: JobRow): void {
    const jobs = one(row.id);
    switch (action) {
      case "pause":
      case "resume":
      case "stop-now":
      case "retry":
      case "remove":
        return void run({ do: action, jobs });
      case "send-again":
      case "mark-arrived":
        return void run({ do: action, job: row.id });
      case "overwrite":
        return void run({ do: "settle-name", jobs, how: "overwrite" });
      case "keep-both":
        return void run({ do: "settle-name", jobs, how: "rename" });
      case "skip":
        return void run({ do: "settle-name", jobs, how: "skip" });
      case "copy-link":
        return void copyLink(jobs);
      case "show-file":
        return void guard(() => backend.showFile(row.id));
      case "replace-key":
        return replaceKey(row.destination);
      case "cancel":
        screen.dialog = { about: "cancel", row };
    }
  }

  return {
    run,
    job,
    copy,
    replaceKey,
    askKeychain,
    removeDestination,
    notifications: (test: boolean) => guard(() => backend.notifications(test)),
    /** Goes where a button outside of the window says. */
    visit({ filter, batch, replace_key }: Visit) {
      screen.view = "queue";
      screen.dialog = null;
      if (batch === null) session.show(filter);
      else session.showBatch(batch);
      if (replace_key !== null) replaceKey(replace_key);
    },
    addFiles: () => void guard(() => backend.addFiles()),
    addFolder: () => void guard(() => backend.addFolder()),
    hide: () => void guard(() => backend.hide()),
    startsAtLogin: () => guard(() => backend.startsAtLogin()),
    startAtLogin: (on: boolean) => guard(() => backend.startAtLogin(on)),
    quit: () => void guard(() => backend.quit()),
    /** Pauses what can be paused, or goes on with what is paused. */
    toggle(row: JobRow) {
      if (row.actions.includes("pause")) job("pause", row);
      else if (row.actions.includes("resume")) job("resume", row);
    },
  };
}

export type Acts = ReturnType<typeof openActs>;
