/** Chooses the backend: the shell where the page runs in it, else the fixture. */

import type { Backend } from "./backend";

export async function openBackend(): Promise<Backend> {
  if ("__TAURI_INTERNALS__" in window) return (await import("./tauri")).tauri;
  const { openFixture } = await import("./fixture");
  return openFixture(new URLSearchParams(location.search));
}
