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
