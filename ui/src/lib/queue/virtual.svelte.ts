/** The virtual list: which rows are in sight, and where. A thin coat of runes over @tanstack/virtual-core. */

import { untrack } from "svelte";

import {
  elementScroll,
  measureElement,
  observeElementOffset,
  observeElementRect,
  Virtualizer,
  type VirtualItem,
} from "@tanstack/virtual-core";

/** Height of a row without a sentence, pixels; rows are measured once they are mounted. */
const USUAL_HEIGHT = 68;
/** Rows mounted beyond each edge. */
const OVERSCAN = 4;
/** Rows asked for beyond each edge, and the step in which the window moves, so that scrolling does not send a look for each row. */
const ASKED_BEYOND = 24;

interface Sources {
  scroller: () => HTMLElement | undefined;
  total: () => number;
  /** Changes identity when the order does. */
  order: () => readonly string[];
  keyAt: (index: number) => string;
  onRange: (first: number, last: number) => void;
}

export function openVirtual(sources: Sources) {
  let items = $state.raw<VirtualItem[]>([]);
  let height = $state(0);

  function read() {
    items = virtualizer.getVirtualItems();
    height = virtualizer.getTotalSize();
    const first = items[0]?.index ?? 0;
    const last = items.at(-1)?.index ?? 0;
    const step = (index: number) => Math.floor(index / ASKED_BEYOND) * ASKED_BEYOND;
    sources.onRange(Math.max(0, step(first) - ASKED_BEYOND), step(last) + 2 * ASKED_BEYOND - 1);
  }

  const virtualizer = new Virtualizer<HTMLElement, HTMLElement>({
    count: 0,
    getScrollElement: () => sources.scroller() ?? null,
    estimateSize: () => USUAL_HEIGHT,
    overscan: OVERSCAN,
    observeElementRect,
    observeElementOffset,
    scrollToFn: elementScroll,
    measureElement,
    onChange: read,
  });

  $effect(() => virtualizer._didMount());

  $effect(() => {
    sources.order();
    sources.scroller();
    const count = sources.total();
    untrack(() => {
      // A new function makes the virtualizer read the keys anew, so that measured heights follow their rows.
      virtualizer.setOptions({ ...virtualizer.options, count, getItemKey: (index) => sources.keyAt(index) });
      virtualizer._willUpdate();
      read();
    });
  });

  return {
    get items() {
      return items;
    },
    get height() {
      return height;
    },
    /** For `{@attach}`: measures a mounted row now and whenever its size changes. */
    measure: (element: HTMLElement) => untrack(() => virtualizer.measureElement(element)),
    toTop: () => virtualizer.scrollToOffset(0),
    /** The first row in sight at this offset, and how many pixels of it are out of sight. */
    topAt(offset: number) {
      // Not of the mounted ones: after a jump they follow a moment later.
      const item = virtualizer.getVirtualItemForOffset(offset);
      return { row: item?.index ?? 0, into: Math.max(0, Math.round(offset - (item?.start ?? offset))) };
    },
    toRow: (index: number) => virtualizer.scrollToIndex(index, { align: "start" }),
    scrollTo: (index: number) => virtualizer.scrollToIndex(index, { align: "auto" }),
    /** Rows that fit. */
    page: () => Math.max(1, Math.floor((virtualizer.scrollRect?.height ?? 0) / USUAL_HEIGHT) - 1),
  };
}
