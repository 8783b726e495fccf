/** Hands the session, the screen and the acts down to every component. */

import { getContext, setContext } from "svelte";

import type { Backend } from "../backend/backend";
import { openActs, type Acts } from "./act";
import type { Kept } from "./kept";
import { openScreen, type Screen } from "./screen.svelte";
import { openSession, type Session } from "./session.svelte";

export interface Partway {
  backend: Backend;
  session: Session;
  screen: Screen;
  acts: Acts;
}

const KEY = Symbol("partway");

export function openPartway(backend: Backend, kept: Kept): Partway {
  const session = openSession(backend, kept);
  const screen = openScreen(kept);
  backend.onRefused((error) => screen.sayRefused(error));
  const acts = openActs(backend, session, screen);
  backend.onVisit((visit) => acts.visit(visit));
  return setContext(KEY, { backend, session, screen, acts });
}

export const usePartway = (): Partway => getContext<Partway>(KEY);
