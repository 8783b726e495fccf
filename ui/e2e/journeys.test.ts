/** What a person does, in a real browser, over the fixture. */

import AxeBuilder from "axe-core";
import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";

import { openStage, type Opened, type Options, type Stage } from "./window";

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

async function open(options: Options): Promise<Page> {
  opened = await stage.open(options);
  return opened.page;
}

/** The commands that reached the backend. */
const log = (page: Page) => page.evaluate(() => window.fixture?.log ?? []);
const rows = (page: Page) => page.getByTestId("row");
const row = (page: Page, name: string) => page.locator(`[data-testid="row"][data-name="${name}"]`);

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
});

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

describe("a locked keychain", () => {
  test("has a banner with the one button that helps, and the rail says it in words", async () => {
    const page = await open({ scene: "queue", more: "locked=1" });
    await page.getByText("Acme media needs its key: 3 uploads wait, nothing is lost.").waitFor();
    expect(await page.locator("nav").innerText()).toContain("Keychain locked");
    await page.getByRole("button", { name: "Unlock" }).click();
    await expect.poll(() => page.getByText("The keychain is locked.").count()).toBe(0);
    expect(await page.locator("nav").innerText()).not.toContain("Keychain locked");
  });

  test("is told in the settings, where it can be unlocked, and what is still in it is named", async () => {
    const page = await open({ scene: "queue", more: "locked=1" });
    await page.evaluate(() => {
      window.fixture?.change((world) => {
        world.keychain = { ...world.keychain, left: ["Old archive"] };
      });
    });
    await page.getByRole("button", { name: "Settings" }).click();
    await page.getByText("The keychain is locked. Unlock it, then try again.").waitFor();
    await page.getByText("Old archive").waitFor();
    await page.getByRole("button", { name: "Unlock" }).last().click();
    await page.getByText("Working: a test entry was stored and read back").waitFor();
    expect(await page.getByText("Old archive").count()).toBe(0);
    await page.getByRole("button", { name: "Check again" }).waitFor();
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

  test("a refused key is replaced from its banner", async () => {
    const page = await open({ scene: "queue" });
    await page.getByText("Archive no longer accepts this key.").waitFor();
    await page.getByRole("button", { name: "Replace key" }).click();
    await page.getByLabel("API key").fill("another-key");
    await page.getByRole("button", { name: "Save key" }).click();
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

describe("many", () => {
  test("of 2,000 rows a few are mounted, and the grid says how many there are", async () => {
    const page = await open({ scene: "many" });
    await rows(page).first().waitFor();
    expect(await rows(page).count()).toBeLessThan(30);
    expect(await page.getByRole("grid").getAttribute("aria-rowcount")).toBe("2000");
    await page.getByRole("grid").focus();
    await page.keyboard.press("End");
    await expect.poll(() => row(page, "IMG_2000.dng").getAttribute("aria-rowindex")).toBe("2000");
    await expect.poll(() => row(page, "IMG_2000.dng").getAttribute("aria-selected")).toBe("true");
  });

  test("scrolling through it while bytes flow stays smooth", async () => {
    const page = await open({ scene: "many", more: "live=1" });
    await rows(page).first().waitFor();
    const devtools = await page.context().newCDPSession(page);
    // The page's own processor time: what else runs on the computer does not count.
    await devtools.send("Performance.enable", { timeDomain: "threadTicks" });
    const busy = async () => {
      const { metrics } = await devtools.send("Performance.getMetrics");
      return metrics.find((metric) => metric.name === "TaskDuration")?.value ?? NaN;
    };
    const STEPS = 120;
    const before = await busy();
    await page.evaluate(async (steps) => {
      const list = document.querySelector('[role="grid"]');
      for (let i = 0; i < steps; i += 1) {
        list?.scrollBy(0, 400);
        await new Promise(requestAnimationFrame);
      }
    }, STEPS);
    const milliseconds = ((await busy()) - before) * 1000;
    // Six new rows a step, drawn without a graphics card: thirty steps a second on one core, with room to spare for what runs beside it.
    expect(milliseconds / STEPS).toBeLessThan(33);
  });
});

describe("every size, every eye", () => {
  for (const scene of ["first", "queue", "states", "empty", "add"]) {
    test(`${scene} at 320 px needs no sideways scrolling`, async () => {
      const page = await open({ scene, width: 320, height: 640 });
      const wide = await page.evaluate(() =>
        [...document.querySelectorAll("main, header, footer, .sheet, [role=grid], .bar")]
          .filter((element) => element.scrollWidth > element.clientWidth + 1)
          .map(
            (element) =>
              `${element.tagName}.${element.className}: ${element.scrollWidth} > ${element.clientWidth}`,
          ),
      );
      expect(wide).toEqual([]);
    });

    for (const theme of ["light", "dark"] as const) {
      test(`${scene}, ${theme}: axe finds nothing`, async () => {
        const page = await open({ scene, theme });
        if (scene === "queue") await rows(page).first().click();
        await page.evaluate(AxeBuilder.source);
        const found = await page.evaluate(async () => {
          const { axe } = window as unknown as { axe: typeof AxeBuilder };
          const { violations } = await axe.run(document, {
            runOnly: ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"],
          });
          return violations.map(
            (v) => `${v.id}: ${v.nodes.map((node) => node.html.slice(0, 120)).join(" | ")}`,
          );
        });
        expect(found).toEqual([]);
      });
    }
  }

  test("narrow, the rail and the details open over the list and close again", async () => {
    const page = await open({ scene: "queue", width: 320, height: 640 });
    await page.getByRole("button", { name: "Show filters and destinations" }).click();
    await page
      .getByRole("dialog")
      .getByRole("button", { name: /^Paused/ })
      .click();
    await expect.poll(() => rows(page).count()).toBe(1);
    await expect.poll(() => page.getByRole("dialog").count()).toBe(0);
    await rows(page).first().click();
    await page.getByRole("dialog").getByText("To Acme media, uploads/videos").waitFor();
    await page.keyboard.press("Escape");
    await expect.poll(() => page.getByRole("dialog").count()).toBe(0);
  });

  test("the live region repeats what the backend announces", async () => {
    const page = await open({ scene: "queue", more: "live=1" });
    await page.evaluate(() =>
      window.fixture?.change((world) => {
        world.rows = world.rows.map((r, i) => (i === 0 ? { ...r, confirmed: r.size - 1 } : r));
      }),
    );
    await expect
      .poll(() => page.locator('[aria-live="polite"][role="log"]').innerText())
      .toContain("harbour-drone-4k.mov is verified.");
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

describe("notifications", () => {
  test("what is told is chosen, and a test says who showed it", async () => {
    const page = await open({ scene: "queue" });
    await page.keyboard.press("Control+,");
    await page.getByText("Once for each batch, and whenever something needs you").waitFor();
    await page.getByRole("button", { name: "Send a test" }).click();
    await page.getByText("A test was sent. Shown by the fixture.").waitFor();
    await page.getByLabel("Notify me: When a batch is done").click();
    await page.getByRole("option", { name: "If something needs me" }).click();
    await page.getByLabel("Notify me: If something needs me").waitFor();
    const changed = (await log(page)).find((entry) => (entry as { do?: string }).do === "change-settings");
    expect((changed as { settings: { notify: string } }).settings.notify).toBe("needs");
  });

  test("that nobody would show them is said", async () => {
    const page = await open({ scene: "queue", more: "nonotifications=1" });
    await page.keyboard.press("Control+,");
    await page.getByText("No notification service answered.").waitFor();
  });

  test("a button outside of the window leads to one batch, to what needs somebody, to a key", async () => {
    const page = await open({ scene: "queue" });
    const all = await rows(page).count();
    const visit = (to: { filter?: "needs-attention"; batch?: string; replace_key?: string }) =>
      page.evaluate(
        (to) => window.fixture?.visit({ filter: "all", batch: null, replace_key: null, ...to }),
        to,
      );
    const batch = await page.evaluate(() => {
      let first = "";
      window.fixture?.change((world) => {
        world.rows = world.rows.map((row, i) => (i === 1 ? { ...row, batch: "one" } : row));
        first = world.rows[1]?.batch ?? "";
      });
      return first;
    });
    await page.keyboard.press("Control+,");
    await visit({ batch });
    await page.getByText("One batch, 1 file").waitFor();
    await expect.poll(() => rows(page).count()).toBe(1);
    await page.getByRole("button", { name: "Show all" }).click();
    await expect.poll(() => rows(page).count()).toBe(all);

    await visit({ filter: "needs-attention" });
    await expect.poll(() => page.locator("nav [aria-current=page]").innerText()).toContain("Needs attention");
    await page.getByTestId("one-batch").waitFor({ state: "detached" });

    const archive = await page.evaluate(() => {
      let id = "";
      window.fixture?.change((world) => {
        id = world.destinations.find((d) => d.name === "Archive")?.id ?? "";
      });
      return id;
    });
    await visit({ replace_key: archive });
    await page.getByRole("dialog", { name: "New key for Archive" }).waitFor();
  });
});

describe("in the background", () => {
  const longOne = (page: Page) =>
    page.evaluate(() =>
      window.fixture?.change((world) => {
        world.settings = { ...world.settings, asked_to_start: false };
        world.rows = world.rows.map((row) =>
          row.state === "uploading" ? { ...row, seconds_left: 40 * 60 } : row,
        );
      }),
    );

  test("the first long upload asks once whether to start at login", async () => {
    const page = await open({ scene: "queue" });
    expect(await page.getByTestId("ask-login").count()).toBe(0);
    await longOne(page);
    const asked = page.getByTestId("ask-login");
    await asked.getByText("This takes over half an hour.").waitFor();
    await asked.getByRole("button", { name: "Start when I log in" }).click();
    await asked.waitFor({ state: "detached" });
    expect(await log(page)).toContainEqual({ login: true });
    // Asked once: it is in the settings from here on.
    expect(await log(page)).toContainEqual(
      expect.objectContaining({ settings: expect.objectContaining({ asked_to_start: true }) as unknown }),
    );
  });

  test("who does not want it is not asked again", async () => {
    const page = await open({ scene: "queue" });
    await longOne(page);
    await page.getByRole("button", { name: "No, thanks" }).click();
    await page.getByTestId("ask-login").waitFor({ state: "detached" });
    expect(await log(page)).not.toContainEqual({ login: true });
  });

  test("the settings switch what goes on without the window", async () => {
    const page = await open({ scene: "queue" });
    await page.keyboard.press("Control+,");
    const keep = page.getByRole("switch", { name: "Keep uploading when the window is closed" });
    expect(await keep.getAttribute("aria-checked")).toBe("true");
    await keep.click();
    expect(await log(page)).toContainEqual(
      expect.objectContaining({ settings: expect.objectContaining({ keep_uploading: false }) as unknown }),
    );
    const login = page.getByRole("switch", { name: "Start when I log in" });
    await login.click();
    expect(await log(page)).toContainEqual({ login: true });
    await page.locator("[role=switch][aria-label='Start when I log in'][aria-checked=true]").waitFor();
  });

  test("the page after this one shows what this one showed", async () => {
    const page = await open({ scene: "many" });
    await page.getByRole("button", { name: /^Waiting/ }).click();
    const top = () =>
      page.evaluate(() => {
        const list = document.querySelector("[role=grid]")?.getBoundingClientRect();
        const all = [...document.querySelectorAll("[data-testid=row]")];
        const first = all.find((row) => row.getBoundingClientRect().bottom > (list?.top ?? 0) + 1);
        const name = first?.getAttribute("data-name");
        return { name, at: Math.round((first?.getBoundingClientRect().top ?? 0) - (list?.top ?? 0)) };
      });
    // The list goes to its top once the filter is there; what is scrolled before that does not stay.
    await expect
      .poll(
        () =>
          page.evaluate(() => {
            document.querySelector("[role=grid]")?.scrollTo(0, 4321);
            return sessionStorage.getItem("kept-screen");
          }),
        { timeout: 5000 },
      )
      .toMatch(/"row":[1-9].*"into":[1-9]/);
    const before = await top();
    await page.reload();
    await expect.poll(top, { timeout: 5000 }).toEqual(before);
    expect(await page.locator("nav [aria-current]").innerText()).toContain("Waiting");
  });
});
