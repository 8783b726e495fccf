/** Two thousand rows, every size of window, and whoever reads with other senses, over the fixture. */

import AxeBuilder from "axe-core";
import { describe, expect, test } from "vitest";

import { row, rows, windows } from "./journey";

const open = windows();

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
