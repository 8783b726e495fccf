/** Opens the backend and mounts the window. */

import { mount } from "svelte";

import "./styles/index.css";
import App from "./App.svelte";
import { openBackend } from "./lib/backend/open";

const target = document.getElementById("root");
if (target) mount(App, { target, props: { backend: await openBackend() } });
