/** Opens the bundle in Chromium, one window a scene, and keeps what the console says. */

import { chromium, type Browser, type Page } from "playwright-core";

import { serve, type Served } from "./serve";

/** Debian's; `PARTWAY_CHROMIUM` names another. */
const CHROMIUM = process.env.PARTWAY_CHROMIUM ?? "/usr/bin/chromium";

const QUIET = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

export interface Options {
  scene: string;
  theme?: "light" | "dark";
  width?: number;
  height?: number;
  scale?: number;
  /** More of the query, such as `live=1`. */
  more?: string;
}

export interface Opened {
  page: Page;
  /** Errors and warnings of the console, and what the page threw. */
  complaints: string[];
  close(): Promise<void>;
}

export interface Stage {
  open(options: Options): Promise<Opened>;
  close(): Promise<void>;
}

export async function openStage(): Promise<Stage> {
  const served: Served = await serve();
  const browser: Browser = await chromium.launch({ executablePath: CHROMIUM, args: QUIET });

  return {
    async open({ scene, theme = "light", width = 1120, height = 700, scale = 1, more = "" }) {
      const context = await browser.newContext({
        viewport: { width, height },
        deviceScaleFactor: scale,
        colorScheme: theme,
      });
      const page = await context.newPage();
      const complaints: string[] = [];
      page.on("console", (message) => {
        if (message.type() === "error" || message.type() === "warning") complaints.push(message.text());
      });
      page.on("pageerror", (error) => complaints.push(String(error)));
      await page.goto(`${served.address}/?fixture=${scene}&theme=${theme}&${more}`);
      await page.locator("main").waitFor();
      await page.evaluate(() => document.fonts.ready);
      return { page, complaints, close: () => context.close() };
    },
    async close() {
      await browser.close();
      await served.close();
    },
  };
}
