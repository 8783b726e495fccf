/** Opens the backend and mounts the window. */

import { mount } from "svelte";

import "./styles/index.css";
import App from "./App.svelte";
import { openBackend } from "./lib/backend/open";
import { asKept } from "./lib/state/kept";

const target = document.getElementById("root");
if (target) {
  const backend = await openBackend();
  // Whatever is kept is a comfort: the window opens without it too.
  const kept = asKept(await backend.keptScreen().catch(() => null));
  mount(App, { target, props: { backend, kept } });
}
