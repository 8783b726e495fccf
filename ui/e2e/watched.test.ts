/** What a person does with watched folders, over the fixture. */

import { describe, expect, test } from "vitest";

import type { WatchedChange } from "../src/lib/api";
import { nothingSet } from "../src/lib/destination/fields";
import { log, windows } from "./journey";

const open = windows();

describe("watched folders", () => {
  const settings = async (scene = "queue") => {
    const page = await open({ scene });
    await page.keyboard.press("Control+,");
    await page.getByRole("heading", { name: "Watched folders" }).waitFor();
    return page;
  };

  test("say where their files go and how they stand, and can be switched", async () => {
    const page = await settings();
    await page.getByText("3 files still growing").waitFor();
    await page.getByText("The folder is not there: is its drive connected?").waitFor();
    await page.getByRole("switch", { name: "Watch /home/ana/Pictures/Scans" }).click();
    await expect
      .poll(() => log(page))
      .toContainEqual({
        do: "change-watched",
        id: "watched-3",
        change: { destination: null, fields: null, watching: true, stay: false },
      });
  });

  test("a new one is chosen in the system's dialog: the page names no folder", async () => {
    const page = await settings();
    await page.getByRole("button", { name: "Watch a folder" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Folder", { exact: true }).fill("from/camera");
    await dialog.getByRole("switch", { name: "Also the files that are there now" }).click();
    await dialog.getByRole("button", { name: "Choose the folder" }).click();
    await page.getByText("New files go to Acme media, from/camera").waitFor();
    expect(await page.getByRole("dialog").count()).toBe(0);
    const asked = (await log(page)).at(-1);
    expect(asked).toMatchObject({
      watch: { destination: "acme", existing: true, fields: { folder: "from/camera" } },
    });
  });

  test("what is set for its files is shown, changed, and refused beside its field", async () => {
    const page = await settings();
    const set = async () => ((await log(page)).at(-1) as { change?: WatchedChange }).change?.fields;
    const dialog = page.getByRole("dialog");
    const more = dialog.getByRole("button", { name: "More for these files" });
    const tags = dialog.getByLabel("Tags");
    await page.getByRole("button", { name: "Change /home/ana/Exports/Finals" }).click();
    expect(await tags.count()).toBe(0);
    await more.click();
    // What the destination sets for all of its files counts where nothing is set here.
    expect(await tags.getAttribute("placeholder")).toBe("campaign, raw");
    const into = dialog.getByLabel("Folder", { exact: true });
    expect(await into.getAttribute("placeholder")).toBe("uploads/videos");
    await tags.fill("{nope}");
    await more.click();
    await dialog.getByRole("button", { name: "Save" }).click();
    await dialog.getByText("There is no word {nope} to be filled in.").waitFor();
    expect(await tags.evaluate((field) => field === document.activeElement)).toBe(true);
    await tags.fill("final, {date}");
    await dialog.getByLabel("Metadata").fill("reel=A001");
    await dialog.getByRole("button", { name: "Save" }).click();
    await page.getByText("New files go to Acme media, uploads/finals · 2 tags").first().waitFor();
    expect(await set()).toEqual({
      ...nothingSet,
      folder: "uploads/finals",
      tags: ["final", "{date}"],
      metadata: { reel: "A001" },
    });

    // What was set stands open, and is taken away by emptying it.
    await page.getByRole("button", { name: "Change /home/ana/Pictures/Scans" }).click();
    expect(await tags.inputValue()).toBe("scan, {date}");
    await tags.fill("");
    await dialog.getByRole("button", { name: "Save" }).click();
    await expect.poll(() => page.getByRole("dialog").count()).toBe(0);
    expect(await set()).toEqual({ ...nothingSet, folder: "uploads/finals" });
  });

  test("Enter in a field saves, and Cancel sends nothing", async () => {
    const page = await settings();
    const dialog = page.getByRole("dialog");
    const change = page.getByRole("button", { name: "Change /home/ana/Exports/Finals" });
    const before = (await log(page)).length;
    await change.click();
    await dialog.getByRole("button", { name: "Cancel" }).click();
    await expect.poll(() => dialog.count()).toBe(0);
    expect((await log(page)).length).toBe(before);
    await change.click();
    await dialog.getByLabel("Folder", { exact: true }).fill("from/camera");
    await page.keyboard.press("Enter");
    await page.getByText("New files go to Acme media, from/camera").waitFor();
  });

  test("a destination is asked for nothing that it does not take", async () => {
    const page = await settings();
    const dialog = page.getByRole("dialog");
    const folder = dialog.getByLabel("Folder", { exact: true });
    const more = dialog.getByRole("button", { name: "More for these files" });
    for (const taken of [["title"], ["folder"]]) {
      await page.evaluate(
        (taken) =>
          window.fixture?.change((world) => {
            world.destinations = world.destinations.map((one) => ({ ...one, file_fields: taken }));
          }),
        taken,
      );
      await page.getByRole("button", { name: "Change /media/ana/T7/Dailies" }).click();
      await dialog.getByRole("button", { name: "Save" }).waitFor();
      expect([taken, await folder.count(), await more.count()]).toEqual([
        taken,
        taken.includes("folder") ? 1 : 0,
        taken.includes("title") ? 1 : 0,
      ]);
      await dialog.getByRole("button", { name: "Cancel" }).click();
      await expect.poll(() => dialog.count()).toBe(0);
    }
  });

  test("one is changed, its verified files moved or left, and removed only when asked twice", async () => {
    const page = await settings();
    await page.getByRole("button", { name: "Change /home/ana/Exports/Finals" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByText("Verified files are moved to /home/ana/Exports/Sent").waitFor();
    await dialog.getByRole("button", { name: "Let them stay" }).click();
    await dialog.getByText("Files stay where they are").waitFor();
    await dialog.getByRole("button", { name: "Move them to" }).click();
    await dialog.getByText("Verified files are moved to /home/a/Sent").waitFor();
    await dialog.getByLabel("Folder", { exact: true }).fill("");
    await dialog.getByRole("button", { name: "Save" }).click();
    await page.getByText("New files go to Acme media, uploads/videos").waitFor();

    await page.getByRole("button", { name: "Remove /home/ana/Exports/Finals" }).click();
    await page.getByRole("button", { name: "Keep watching" }).click();
    expect(await page.getByText("/home/ana/Exports/Finals").count()).toBe(1);
    await page.getByRole("button", { name: "Remove /home/ana/Exports/Finals" }).click();
    await page.getByRole("button", { name: "Stop watching" }).click();
    await expect.poll(() => page.getByText("/home/ana/Exports/Finals").count()).toBe(0);
  });
});
