/** What every journey needs: a window on a scene, closed again, whose console stayed silent. */

import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect } from "vitest";

import { openStage, type Opened, type Options, type Stage } from "./window";

/** Opens windows for the journeys of one file. */
export function windows(): (options: Options) => Promise<Page> {
  let stage: Stage;
  let opened: Opened | null = null;
  beforeAll(async () => {
    stage = await openStage();
  });
  afterAll(() => stage.close());
  afterEach(async () => {
    // Whatever a journey was about, the console stays silent: nothing threw, and the content security policy refused nothing.
    expect(opened?.complaints ?? []).toEqual([]);
    await opened?.close();
    opened = null;
  });
  return async (options) => {
    opened = await stage.open(options);
    return opened.page;
  };
}

/** The commands that reached the backend. */
export const log = (page: Page) => page.evaluate(() => window.fixture?.log ?? []);
export const rows = (page: Page) => page.getByTestId("row");
export const row = (page: Page, name: string) => page.locator(`[data-testid="row"][data-name="${name}"]`);

/** In the page: what was found at a start after a bad end. */
export const notices = () =>
  window.fixture?.change((world) => {
    world.notices = [
      {
        id: "set-aside",
        title: "The record of your uploads could not be read.",
        text: "It was put aside as /home/ana/.local/share/partway/journal.db.bad-1 and a new one begun; nothing was deleted. Add unfinished files again, then move that file elsewhere.",
        urgent: true,
        buttons: [{ words: "Understood", action: { act: "dismiss", notice: "set-aside" } }],
      },
      {
        id: "crashed",
        title: "Partway stopped unexpectedly at 14:02.",
        text: "Uploads go on from where they were.",
        urgent: false,
        buttons: [
          { words: "Show report", action: { act: "diagnostics" } },
          { words: "Understood", action: { act: "dismiss", notice: "crashed" } },
        ],
      },
    ];
  });
