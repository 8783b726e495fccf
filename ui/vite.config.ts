/// The bundle that the desktop shell serves; the same one runs in a plain browser on the fixture backend.
import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vitest/config";

export default defineConfig({
  plugins: [svelte()],
  clearScreen: false,
  server: { host: "127.0.0.1", port: 5173, strictPort: true },
  build: {
    // The oldest web view that the shell meets (WebKitGTK of Debian 12, macOS 13).
    target: "safari16",
    // No data: addresses, the shell's content security policy allows fonts from 'self' only.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  test: { include: ["src/**/*.test.ts"] },
});
