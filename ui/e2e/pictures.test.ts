/** Pictures of every view, light and dark, wide and narrow, for people to look at. */

import { mkdir } from "node:fs/promises";
import { fileURLToPath } from "node:url";

import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";

import { notices } from "./journey";
import { openStage, type Stage } from "./window";

const DIR =
  process.env.PARTWAY_SCREENSHOTS ?? fileURLToPath(new URL("../../target/screenshots/", import.meta.url));

interface View {
  name: string;
  scene: string;
  /** More of the fixture's query. */
  more?: string;
  /** Taller than the window usually is, so that everything is in the picture. */
  tall?: { wide: number; narrow: number };
  arrange?: (page: Page, wide: boolean) => Promise<void>;
}

const select = async (page: Page, wide: boolean) => {
  if (wide) await page.getByTestId("row").first().click();
};

const views: View[] = [
  { name: "first", scene: "first" },
  {
    name: "first-told",
    scene: "first",
    arrange: async (page) => {
      await page.evaluate(notices);
      await page.evaluate(() =>
        window.fixture?.refuse({
          code: "refused",
          message:
            "1 of 2 cannot be sent: interview_take3.mov was not found at /home/ana/Cards/A001/interview_take3.mov. Check the path.",
          hint: null,
          field: null,
        }),
      );
      await page.getByText("1 of 2 cannot be sent").waitFor();
    },
  },
  { name: "queue", scene: "queue", arrange: select },
  { name: "states", scene: "states", tall: { wide: 1960, narrow: 2900 } },
  { name: "empty", scene: "empty" },
  {
    name: "add",
    scene: "add",
    arrange: async (page) => {
      await page.getByLabel("Name", { exact: true }).fill("Acme media");
      await page.getByLabel("API key").fill("fixture-key-for-a-picture");
      await page.getByLabel("Folder", { exact: true }).fill("uploads/videos");
      await page.getByLabel("Tags").fill("campaign, raw");
      await page.getByRole("button", { name: "Test" }).click();
      await page.getByText("Server reached").waitFor();
    },
  },
  {
    name: "add-gjirafa",
    scene: "add",
    tall: { wide: 900, narrow: 1300 },
    arrange: async (page) => {
      await page.getByRole("radio", { name: "Gjirafa" }).click();
      await page.getByLabel("Name", { exact: true }).fill("Studio");
      await page.getByLabel("API key").fill("fixture-key-for-a-picture");
      await page.locator("form").getByRole("button", { name: "Add destination" }).click();
      await page.getByText("Server is missing").waitFor();
    },
  },
  {
    name: "add-s3",
    scene: "add",
    tall: { wide: 1750, narrow: 2500 },
    arrange: async (page) => {
      await page.getByRole("radio", { name: "S3" }).click();
      await page.getByLabel("Name", { exact: true }).fill("Archive 2026");
      await page.getByLabel("Bucket", { exact: true }).fill("camera-originals");
      await page.getByLabel("Access key ID").fill("AKIAIOSFODNN7EXAMPLE");
      await page.getByLabel("Secret access key").fill("fixture-secret-for-a-picture");
      await page.getByRole("button", { name: "Advanced" }).click();
      await page.getByRole("button", { name: "Test" }).click();
      await page.getByRole("button", { name: "Send a tiny test file" }).click();
      await page.getByText("A tiny file was uploaded").waitFor();
    },
  },
  {
    name: "batch",
    scene: "queue",
    tall: { wide: 760, narrow: 900 },
    arrange: async (page) => {
      await page.getByTestId("batch").getByRole("button", { name: "Change" }).click();
      await page.getByRole("button", { name: "More", exact: true }).click();
      await page.getByLabel("Type").fill("video/mp4");
    },
  },
  {
    name: "test",
    scene: "queue",
    arrange: async (page, wide) => {
      if (!wide) await page.getByRole("button", { name: "Show filters and destinations" }).click();
      await page.getByRole("button", { name: "Acme media, AutoRender" }).click();
      await page.getByRole("menuitem", { name: "Test" }).click();
      await page.getByText("Server reached").waitFor();
    },
  },
  {
    name: "settings",
    scene: "queue",
    arrange: async (page) => {
      await page.keyboard.press("Control+,");
      await page.getByText("Working: a test entry").waitFor();
    },
  },
  {
    name: "diagnostics",
    scene: "queue",
    arrange: async (page) => {
      await page.keyboard.press("Control+,");
      await page.getByRole("button", { name: "Show and copy" }).click();
      await page.getByText("Destinations: 4").waitFor();
    },
  },
  {
    name: "locked",
    scene: "queue",
    more: "locked=1",
    arrange: async (page) => {
      await page.getByText("The keychain is locked.").waitFor();
    },
  },
  {
    name: "locked-settings",
    scene: "queue",
    more: "locked=1",
    tall: { wide: 900, narrow: 1200 },
    arrange: async (page) => {
      await page.evaluate(() => {
        window.fixture?.change((world) => {
          world.keychain = { ...world.keychain, left: ["Old archive"] };
          world.destinations = world.destinations.map((d, i) =>
            i === 1 ? { ...d, key_kept: "this session only", said: "Key until quit" } : d,
          );
        });
      });
      await page.keyboard.press("Control+,");
      await page.getByText("Old archive").waitFor();
    },
  },
  {
    name: "locked-add",
    scene: "add",
    more: "locked=1",
    tall: { wide: 900, narrow: 1200 },
    arrange: async (page) => {
      await page.getByLabel("Name", { exact: true }).fill("Studio");
      await page.getByLabel("API key").fill("fixture-key-for-a-picture");
      await page.locator("form").getByRole("button", { name: "Add destination" }).click();
      await page.getByText("Keep for this session only").waitFor();
    },
  },
  {
    name: "watched",
    scene: "queue",
    arrange: async (page) => {
      await page.keyboard.press("Control+,");
      await page.getByRole("button", { name: "Watch a folder" }).scrollIntoViewIfNeeded();
    },
  },
  {
    name: "watched-change",
    scene: "queue",
    arrange: async (page) => {
      await page.keyboard.press("Control+,");
      await page.getByRole("button", { name: "Change /home/ana/Exports/Finals" }).click();
      await page.getByRole("dialog").waitFor();
    },
  },
  {
    name: "watched-more",
    scene: "queue",
    tall: { wide: 760, narrow: 1000 },
    arrange: async (page) => {
      await page.keyboard.press("Control+,");
      await page.getByRole("button", { name: "Change /home/ana/Pictures/Scans" }).click();
      await page.getByRole("dialog").getByLabel("Metadata").fill("reel");
      await page.getByRole("button", { name: "Save" }).click();
      await page.getByText("Write one name=value a line.").waitFor();
    },
  },
  {
    name: "watched-add",
    scene: "queue",
    arrange: async (page) => {
      await page.keyboard.press("Control+,");
      await page.getByRole("button", { name: "Watch a folder" }).click();
      await page.getByRole("dialog").waitFor();
    },
  },
  {
    name: "drop",
    scene: "queue",
    arrange: async (page) => {
      await page.evaluate(() => window.fixture?.drag({ over: true, count: 12 }));
      await page.getByTestId("drop").waitFor();
    },
  },
  {
    name: "cancel",
    scene: "queue",
    arrange: async (page) => {
      await page.getByRole("button", { name: "More for ep12_master_prores422hq.mov" }).click();
      await page.getByRole("menuitem", { name: "Stop and discard" }).click();
      await page.getByRole("alertdialog").waitFor();
    },
  },
];

const sizes = [
  { name: "wide" as const, width: 1120, height: 700, scale: 1.5 },
  { name: "narrow" as const, width: 320, height: 640, scale: 2 },
];

let stage: Stage;
beforeAll(async () => {
  await mkdir(DIR, { recursive: true });
  stage = await openStage();
});
afterAll(() => stage.close());

for (const view of views) {
  test(`picture: ${view.name}`, async () => {
    for (const theme of ["light", "dark"] as const) {
      for (const { name, ...size } of sizes) {
        const height = view.tall?.[name] ?? size.height;
        const { page, complaints, close } = await stage.open({
          scene: view.scene,
          more: view.more,
          theme,
          ...size,
          height,
        });
        await view.arrange?.(page, name === "wide");
        // Transitions last a tenth of a second; a picture taken within one would show none of its two ends.
        await page.evaluate(() =>
          Promise.all(document.getAnimations().map((animation) => animation.finished)),
        );
        await page.screenshot({ path: `${DIR}/${view.name}-${theme}-${name}.png` });
        expect(complaints).toEqual([]);
        await close();
      }
    }
  });
}
