/** What a person does with the keychain, notifications and what goes on in the background, over the fixture. */

import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";

import { log, rows, windows } from "./journey";

const open = windows();

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

test("the computer may be let to sleep", async () => {
  const page = await open({ scene: "queue" });
  await page.getByRole("button", { name: "Settings" }).click();
  await page.getByText("Closing the lid still pauses uploads; they go on when you open it").waitFor();
  const keep = page.getByRole("switch", { name: "Keep the computer awake while uploading" });
  expect(await keep.getAttribute("aria-checked")).toBe("true");
  await keep.click();
  await expect.poll(() => keep.getAttribute("aria-checked")).toBe("false");
});

test("that the computer cannot be kept awake is said beside its switch, in place of the lid", async () => {
  const page = await open({ scene: "queue" });
  const why = "This system does not let Partway keep the computer awake; uploads go on after it slept";
  await page.evaluate((why) => window.fixture?.change((world) => void (world.sleeps = why)), why);
  await page.keyboard.press("Control+,");
  await page.getByText(why).waitFor();
  expect(await page.getByText("Closing the lid still pauses uploads").count()).toBe(0);
});

test("what could not be written down does not look as if it were", async () => {
  const page = await open({ scene: "queue" });
  await page.keyboard.press("Control+,");
  await page.evaluate(() => window.fixture?.change((world) => void (world.full = true)));
  const keep = page.getByRole("switch", { name: "Keep uploading when the window is closed" });
  await keep.click();
  await page.getByText("The disk is full, so this could not be written down.").waitFor();
  expect(await keep.getAttribute("aria-checked")).toBe("true");
  const theme = page.locator("[aria-label^='Theme:']");
  const before = await theme.innerText();
  await theme.click();
  await page.getByRole("option", { selected: false }).first().click();
  await theme.click();
  expect(await page.getByRole("option", { selected: true }).innerText()).toBe(before);
});

test("the settings stand where the page before this one had left them, and begin at the top when they are opened", async () => {
  const page = await open({ scene: "queue", height: 420 });
  await page.keyboard.press("Control+,");
  const sheet = page.locator(".sheet");
  const top = () => sheet.evaluate((at) => at.scrollTop);
  const before = 300;
  await sheet.evaluate((at) => at.scrollTo(0, 300));
  await expect
    .poll(() => page.evaluate(() => sessionStorage.getItem("kept-screen")))
    .toContain(`"sheet":${String(before)}`);
  await page.reload();
  await expect.poll(top).toBe(before);
  await page.getByRole("button", { name: "All" }).first().click();
  await page.keyboard.press("Control+,");
  await sheet.waitFor();
  expect(await top()).toBe(0);
});

test("a half written destination stands as the page before this one had left it, without its key", async () => {
  const page = await open({ scene: "queue" });
  const name = page.getByLabel("Name", { exact: true });
  await page.getByRole("button", { name: "Add destination" }).click();
  await page.getByRole("radio", { name: "S3" }).click();
  await name.fill("Archive 2026");
  await page.getByLabel("Access key ID").fill("fixture-key");
  await page.getByLabel("Bucket", { exact: true }).fill("camera");
  const kept = () => page.evaluate(() => sessionStorage.getItem("kept-screen"));
  await expect.poll(kept).toContain("camera");
  expect(await kept()).not.toContain("fixture-key");
  await page.reload();
  await page.getByRole("heading", { name: "Add destination" }).waitFor();
  expect(await page.getByRole("radio", { name: "S3" }).getAttribute("aria-checked")).toBe("true");
  expect(await name.inputValue()).toBe("Archive 2026");
  expect(await page.getByLabel("Bucket", { exact: true }).inputValue()).toBe("camera");
  expect(await page.getByLabel("Access key ID").inputValue()).toBe("");
  // Who leaves the page leaves what was typed there.
  await page.getByRole("button", { name: "All" }).first().click();
  await expect.poll(kept).toContain('"form":null');
});

test("what is wrong with a destination is said whole, however long its name", async () => {
  const page = await open({ scene: "queue" });
  await page.evaluate(() =>
    window.fixture?.change((world) => {
      world.destinations = world.destinations.map((d) => ({
        ...d,
        name: `${d.name} ${"of the north ".repeat(5)}`,
      }));
    }),
  );
  const said = page.locator("nav .sub.bad", { hasText: "Key refused" });
  await expect.poll(() => page.locator("nav .name").first().innerText()).toContain("north");
  expect(await said.evaluate((at) => at.scrollWidth <= at.clientWidth)).toBe(true);
  const name = page.locator("nav .name:has(+ .bad)");
  expect(await name.evaluate((at) => at.getBoundingClientRect().width)).toBeGreaterThan(60);
});
