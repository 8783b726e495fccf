/** What a person does with uploads and destinations, in a real browser, over the fixture. */

import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";

import { log, notices, row, rows, windows } from "./journey";

const open = windows();

describe("first run", () => {
  test("asks where files should go, and shows no counters and no speed", async () => {
    const page = await open({ scene: "first" });
    await page.getByRole("heading", { name: "Where should your files go?" }).waitFor();
    expect(await page.locator("nav .n").count()).toBe(0);
    expect(await page.locator("header").count()).toBe(0);
    expect((await page.locator("footer").innerText()).trim()).toBe("");
  });

  test("practice makes a destination that says what it is", async () => {
    const page = await open({ scene: "first" });
    await page.getByTestId("practice").click();
    await page.getByText("Drop files or folders anywhere in this window").waitFor();
    expect(await page.locator("nav").innerText()).toContain("This computer only");
  });

  test("what was dropped before is kept and said", async () => {
    const page = await open({ scene: "first" });
    await page.evaluate(() => window.fixture?.change((world) => (world.intake = 3)));
    await page.getByText("3 items wait here until you have chosen.").waitFor();
  });

  test("tells what happened before, and what can be done about it", async () => {
    const page = await open({ scene: "first" });
    await page.evaluate(notices);
    await page.getByText("The record of your uploads could not be read.").waitFor();
    await page.getByRole("button", { name: "Understood" }).first().click();
    expect(await log(page)).toEqual([{ do: "dismiss", notice: "set-aside" }]);
    await page.getByRole("button", { name: "Show report" }).click();
    await page.getByRole("region", { name: "For whoever helps you" }).waitFor();
  });

  test("what was refused is told until it is put away, one beside the other", async () => {
    const page = await open({ scene: "first" });
    await page.clock.install();
    await page.evaluate(() => {
      for (const name of ["a.mov", "b.mov", "b.mov"])
        window.fixture?.refuse({
          code: "refused",
          message: `${name} was not found.`,
          hint: null,
          field: null,
        });
    });
    const said = page.getByRole("status").filter({ hasText: "was not found" });
    expect((await said.innerText()).trim().split("\n")).toEqual([
      "a.mov was not found.",
      "b.mov was not found.",
    ]);
    await page.clock.fastForward(60_000);
    expect(await said.count()).toBe(1);
    await said.getByRole("button", { name: "Close" }).click();
    expect(await said.count()).toBe(0);
  });

  const ways: Record<string, (page: Page) => Promise<void>> = {
    "a try on this computer": (page) => page.getByTestId("practice").click(),
    "one of their own": async (page) => {
      await page.getByTestId("add-first").click();
      await page.getByLabel("Name", { exact: true }).fill("Acme media");
      await page.getByLabel("API key").fill("a-key-for-the-fixture");
      await page.getByRole("button", { name: "Add destination" }).last().click();
    },
  };
  test.each(Object.keys(ways))("a file that went away before there was %s is told with it", async (way) => {
    const page = await open({ scene: "first" });
    await page.evaluate(() =>
      window.fixture?.change((world) => {
        world.notTaken = "early.mov was not found at /home/ana/early.mov. Check the path.";
      }),
    );
    await ways[way]?.(page);
    await page.getByText("early.mov was not found at /home/ana/early.mov.").waitFor();
  });
});

describe("adding a destination", () => {
  const fill = async (page: Page) => {
    await page.getByTestId("add-first").click();
    await page.getByLabel("Name", { exact: true }).fill("Acme media");
    await page.getByLabel("API key").fill("a-key-for-the-fixture");
  };

  test("tests first, then saves, and the key does not stay on the page", async () => {
    const page = await open({ scene: "first" });
    await fill(page);
    await page.getByRole("button", { name: "Test", exact: true }).click();
    await page.getByText("Server reached in 142 ms").waitFor();
    // What cannot be known is a dash, never a tick.
    expect(await page.locator(".checks li").nth(2).innerText()).toContain("Cannot be known");
    await page.getByRole("button", { name: "Add destination" }).last().click();
    await page.getByText("Drop files or folders anywhere in this window").waitFor();
    expect(await page.content()).not.toContain("a-key-for-the-fixture");
  });

  test("says what is wrong beside the field, and goes there", async () => {
    const page = await open({ scene: "first" });
    await page.getByTestId("add-first").click();
    await page.getByRole("button", { name: "Add destination" }).last().click();
    await page.getByText("Give it a name").waitFor();
    expect(await page.evaluate(() => document.activeElement?.id)).toBe("field-name");
    await page.getByLabel("Name", { exact: true }).fill("Acme media");
    await page.getByRole("button", { name: "Add destination" }).last().click();
    await page.getByText("Paste the key here.").waitFor();
    expect(await page.getByLabel("API key").getAttribute("aria-invalid")).toBe("true");
  });

  test("without a keychain the key may be kept for this session only, and is marked so", async () => {
    const page = await open({ scene: "first", more: "nokeychain=1" });
    await fill(page);
    await page.getByRole("button", { name: "Add destination" }).last().click();
    await page.getByRole("button", { name: "Keep for this session only" }).click();
    await page.locator("nav").getByText("Acme media").click();
    await page.getByText("Key: this session only").waitFor();
    expect(await page.locator("nav").innerText()).toContain("Key until quit");
  });

  test("a locked keychain says so where a key is given, and asks its user there", async () => {
    const page = await open({ scene: "first", more: "locked=1" });
    await fill(page);
    await page.getByRole("button", { name: "Add destination" }).last().click();
    await page.getByText("The keychain is locked. Unlock it, then try again.").waitFor();
    await page.getByRole("button", { name: "Keep for this session only" }).waitFor();
    await page.getByRole("button", { name: "Unlock" }).click();
    const sent = (await log(page)) as { do: string }[];
    await expect.poll(() => sent.filter((entry) => entry.do === "add-destination").length).toBeGreaterThan(0);
    await page.evaluate(() => {
      window.fixture?.change((world) => {
        world.keychain = { works: true, text: "Working", unlock: null, left: [] };
      });
    });
    await page.getByRole("button", { name: "Unlock" }).click();
    await page.locator("nav").getByText("Acme media").waitFor();
  });
});

describe("queue", () => {
  test("a row says name, size, destination, state, speed and time left", async () => {
    const page = await open({ scene: "queue" });
    const text = await row(page, "harbour-drone-4k.mov").innerText();
    for (const part of ["harbour-drone-4k.mov", "7.34 GB → Acme media", "61 %", "52.1 MB/s · under a minute"])
      expect(text).toContain(part);
    expect(await row(page, "harbour-drone-4k.mov").getAttribute("data-state")).toBe("uploading");
  });

  test("a long name is cut in the middle, and its last letters and type stay", async () => {
    const page = await open({ scene: "queue" });
    await rows(page).first().click();
    const long = row(page, "interview-cam-b_studio-north_reel-02_take-04.mxf").locator(".file-name");
    await expect.poll(() => long.textContent()).toMatch(/^interview-.*…eel-02_take-04\.mxf$/);
    expect(await long.textContent()).not.toContain("studio-north");
  });

  test("a filter shows its rows, and their number was its count", async () => {
    const page = await open({ scene: "states" });
    const filter = page.locator("nav").getByRole("button", { name: /^Needs attention/ });
    expect(await filter.innerText()).toContain("4");
    await filter.click();
    await expect.poll(() => rows(page).count()).toBe(4);
  });

  test("a folder that no destination takes is told beside its field, and the field stays", async () => {
    const page = await open({ scene: "queue" });
    await page.getByRole("button", { name: /^Folder: / }).click();
    const field = page.locator("#field-new-folder");
    await field.fill("a/../b");
    await page.getByRole("button", { name: "Use", exact: true }).click();
    await page.getByText("has no address there").waitFor();
    expect(await field.getAttribute("aria-invalid")).toBe("true");
    await field.fill("a/b");
    await page.getByRole("button", { name: "Use", exact: true }).click();
    await field.waitFor({ state: "detached" });
    await page.getByRole("button", { name: "Folder: a/b" }).waitFor();
  });

  test("pause and resume", async () => {
    const page = await open({ scene: "queue" });
    await page.getByRole("button", { name: "Pause: harbour-drone-4k.mov" }).click();
    await page.getByRole("button", { name: "Resume: harbour-drone-4k.mov" }).click();
    const sent = (await log(page)).filter((entry) =>
      ["pause", "resume"].includes((entry as { do: string }).do),
    );
    expect(sent.map((entry) => (entry as { do: string }).do)).toEqual(["pause", "resume"]);
  });

  test("cancel asks first, and keeps uploading unless told otherwise", async () => {
    const page = await open({ scene: "queue" });
    const ask = async () => {
      await page.getByRole("button", { name: "More for ep12_master_prores422hq.mov" }).click();
      await page.getByRole("menuitem", { name: "Stop and discard" }).click();
      await page.getByText("17.6 GB already sent will be discarded.").waitFor();
    };
    await ask();
    await page.keyboard.press("Enter");
    await expect.poll(() => page.getByRole("alertdialog").count()).toBe(0);
    expect(await page.evaluate(() => document.activeElement?.tagName)).not.toBe("BODY");
    expect(JSON.stringify(await log(page))).not.toContain('"do":"cancel"');
    await ask();
    await page.getByRole("button", { name: "Stop and discard" }).click();
    await expect
      .poll(() => row(page, "ep12_master_prores422hq.mov").getAttribute("data-state"))
      .toBe("cancelled");
  });

  test("a held batch can be changed, and stands still meanwhile", async () => {
    const page = await open({ scene: "queue" });
    const batch = page.getByTestId("batch");
    await batch.getByRole("button", { name: "Change" }).click();
    await expect.poll(() => batch.innerText()).toContain("waits while you change it");
    await page.getByLabel("Folder", { exact: true }).fill("rushes");
    await page.getByRole("button", { name: "Apply" }).click();
    await expect.poll(() => batch.innerText()).toContain("rushes");
    await page.getByTestId("start-now").click();
    await expect.poll(() => batch.count()).toBe(0);
  });

  test("of a held batch only what was changed is sent, and what is wrong stands beside its field", async () => {
    const page = await open({ scene: "queue" });
    await page.getByTestId("batch").getByRole("button", { name: "Change" }).click();
    await page.getByLabel("Tags").fill("night, raw");
    await page.getByRole("button", { name: "More", exact: true }).click();
    await page.getByLabel("Metadata").fill("nonsense");
    await page.getByRole("button", { name: "Apply" }).click();
    await page.getByText("Write one name=value a line.").waitFor();
    await page.getByLabel("Metadata").fill("reel=7");
    await page.getByRole("button", { name: "Apply" }).click();
    await expect.poll(() => page.getByLabel("Metadata").count()).toBe(0);
    const said = JSON.stringify(await log(page));
    expect(said).toContain('"tags":["night","raw"]');
    expect(said).toContain('"metadata":{"reel":"7"}');
    expect(said).not.toContain('"change-batch"');
  });

  test("a destination is tested from its menu, with a tiny file where that is asked", async () => {
    const page = await open({ scene: "queue" });
    await page.getByRole("button", { name: "Acme media, AutoRender" }).click();
    await page.getByRole("menuitem", { name: "Test" }).click();
    await page.getByText("Server reached in 142 ms").waitFor();
    await page.getByRole("button", { name: "Send a tiny test file" }).click();
    await page.getByText("A tiny file was uploaded").waitFor();
    expect(await page.getByRole("button", { name: "Send a tiny test file" }).count()).toBe(0);
  });

  test("what one service was told is not kept for the next, its key least of all", async () => {
    const page = await open({ scene: "add" });
    await page.getByLabel("Name", { exact: true }).fill("Studio");
    await page.getByLabel("API key").fill("a-key-for-autorender");
    await page.getByRole("radio", { name: "S3" }).click();
    expect(await page.getByLabel("Access key ID").inputValue()).toBe("");
    await page.getByLabel("Access key ID").fill("AKIAIOSFODNN7EXAMPLE");
    await page.getByLabel("Secret access key").fill("hush");
    await page.locator("form").getByRole("button", { name: "Add destination" }).click();
    await page.getByText("Bucket is missing.").waitFor();
    expect(await page.getByLabel("Bucket", { exact: true }).getAttribute("aria-invalid")).toBe("true");
  });

  test.each(["Enter", "Save key"])("a refused key is replaced from its banner, by %s", async (how) => {
    const page = await open({ scene: "queue" });
    await page.getByText("Archive no longer accepts this key.").waitFor();
    await page.getByRole("button", { name: "Replace key" }).click();
    await page.getByLabel("API key").fill("another-key");
    if (how === "Enter") await page.keyboard.press(how);
    else await page.getByRole("button", { name: how }).click();
    await expect.poll(() => page.getByText("Archive no longer accepts this key.").count()).toBe(0);
  });

  test("copying a link goes through the backend, the window sees no file", async () => {
    const page = await open({ scene: "queue" });
    await page.getByRole("button", { name: "Copy link: teaser-vertical-final.mp4" }).click();
    await page.getByText("Copied.").waitFor();
    expect(JSON.stringify(await log(page))).toContain("https://media.acme.example/v/teaser-vertical-final");
  });

  test("what is handed to whoever helps is shown before it is copied", async () => {
    const page = await open({ scene: "queue" });
    await page.evaluate(() =>
      window.fixture?.change((world) => {
        world.notices = [
          {
            id: "crash",
            title: "Partway stopped unexpectedly (14:02).",
            text: "Uploads go on from where they were.",
            urgent: false,
            buttons: [{ words: "Show report", action: { act: "diagnostics" } }],
          },
        ];
      }),
    );
    await page.getByRole("button", { name: "Show report" }).click();
    const report = page.getByRole("region", { name: "For whoever helps you" });
    await expect.poll(() => report.innerText()).toContain("Partway 0.1.0");
    expect(await log(page)).toEqual([{ do: "diagnostics" }]);
    await page.getByRole("button", { name: "Copy", exact: true }).click();
    await expect.poll(async () => JSON.stringify(await log(page))).toContain('{"copy":"Keys are never');
    await page.getByText("Copied.").waitFor();
  });

  test("a drag says how much and to where", async () => {
    const page = await open({ scene: "queue" });
    await page.evaluate(() => window.fixture?.drag({ over: true, count: 12 }));
    const drop = page.getByTestId("drop");
    expect(await drop.innerText()).toContain("Drop 12 files to upload");
    expect(await drop.innerText()).toContain("To Acme media, in uploads/videos");
    await page.evaluate(() => window.fixture?.drag({ over: false, count: null }));
    await expect.poll(() => drop.count()).toBe(0);
  });
});

describe("keyboard", () => {
  test("everything about a job without a mouse", async () => {
    const page = await open({ scene: "queue" });
    await page.getByRole("grid").focus();
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("ArrowDown");
    const second = row(page, "interview-cam-b_studio-north_reel-02_take-04.mxf");
    await expect.poll(() => second.getAttribute("aria-selected")).toBe("true");
    expect(await page.getByRole("grid").getAttribute("aria-activedescendant")).toBe(
      await second.getAttribute("id"),
    );
    await page.keyboard.press("Space");
    await expect.poll(() => second.innerText()).toContain("Paused");
    await page.keyboard.press("Control+i");
    await page.getByRole("complementary").waitFor();
    await page.keyboard.press("Escape");
    await expect.poll(() => page.getByRole("complementary").count()).toBe(0);
  });

  test("keys of the window", async () => {
    const page = await open({ scene: "queue" });
    for (const key of ["Control+o", "Control+Shift+o", "Control+w", "Control+q"])
      await page.keyboard.press(key);
    expect(await log(page)).toEqual(["add-files", "add-folder", "hide", "quit"]);
    await page.keyboard.press("Control+,");
    await page.getByRole("heading", { name: "Settings" }).waitFor();
    await page.keyboard.press("Escape");
    await rows(page).first().waitFor();
  });

  test("Ctrl+R tries again and does not load the page anew", async () => {
    const page = await open({ scene: "states" });
    await row(page, "a-roll.mov").click();
    await page.keyboard.press("Control+r");
    await expect.poll(() => row(page, "a-roll.mov").getAttribute("data-state")).toBe("waiting");
  });

  test("the focus is always to be seen", async () => {
    const page = await open({ scene: "queue" });
    for (let i = 0; i < 24; i += 1) {
      await page.keyboard.press("Tab");
      const seen = await page.evaluate(() => {
        const at = document.activeElement;
        if (!at || at === document.body) return true;
        const ring = at.getAttribute("role") === "grid" ? at.querySelector(".slot") : at;
        const box = at.getBoundingClientRect();
        const inside =
          box.width > 0 && box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth;
        return (
          inside &&
          (at.getAttribute("role") === "grid" ? ring !== null : getComputedStyle(at).outlineStyle !== "none")
        );
      });
      expect(seen, await page.evaluate(() => document.activeElement?.outerHTML.slice(0, 200) ?? "")).toBe(
        true,
      );
    }
  });
});

test("the folder for new files is shown, and changed in its place", async () => {
  const page = await open({ scene: "queue" });
  await page.getByRole("button", { name: "Folder: uploads/videos" }).click();
  await page.getByLabel("Folder at Acme media").fill("rushes/day-3");
  await page.getByRole("button", { name: "Use", exact: true }).click();
  await page.getByRole("button", { name: "Folder: rushes/day-3" }).waitFor();
  await page.evaluate(() => window.fixture?.drag({ over: true, count: 1 }));
  expect(await page.getByTestId("drop").innerText()).toContain("To Acme media, in rushes/day-3");
});
