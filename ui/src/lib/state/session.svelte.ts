/** What the backend told last. Ticks come in here, the look goes out from here. */

import type {
  Batch,
  Counts,
  DestinationView,
  Filter,
  Footer,
  JobDetail,
  JobRow,
  Look,
  Notice,
  Settings,
  Tick,
  WatchedView,
} from "../api";
import type { Backend } from "../backend/backend";
import type { Kept } from "./kept";
import { mergeRows, noRows, rowAt, type Rows } from "./rows";

/** Rows asked for before the list knows its height. */
const FIRST_WINDOW = 60;
/** The most that one look may ask for. */
const LARGEST_WINDOW = 500;

export function openSession(backend: Backend, kept: Kept) {
  let look: Look = {
    filter: kept.filter,
    batch: null,
    offset: 0,
    limit: FIRST_WINDOW,
    selected: kept.details ? kept.selected : null,
    hidden: false,
  };
  let rows = $state.raw<Rows>(noRows);
  let detail = $state.raw<JobDetail | null>(null);
  let counts = $state.raw<Counts | null>(null);
  let footer = $state.raw<Footer | null>(null);
  let notices = $state.raw<Notice[]>([]);
  let batches = $state.raw<Batch[]>([]);
  let destinations = $state.raw<DestinationView[] | null>(null);
  let settings = $state.raw<Settings | null>(null);
  let intake = $state.raw(0);
  let watched = $state.raw<WatchedView[]>([]);
  let announced = $state.raw<string[]>([]);
  let filter = $state<Filter>(kept.filter);
  let batch = $state<string | null>(null);
  let selected = $state<string | null>(kept.selected);

  function onTick(tick: Tick) {
    if (tick.rows) rows = mergeRows(rows, tick.rows);
    if (tick.detail) detail = tick.detail;
    if (tick.counts) counts = tick.counts;
    if (tick.footer) footer = tick.footer;
    if (tick.notices) notices = tick.notices;
    if (tick.batches) batches = tick.batches;
    if (tick.destinations) destinations = tick.destinations;
    if (tick.settings) settings = tick.settings;
    if (tick.watched) watched = tick.watched;
    if (tick.intake) intake = tick.intake.paths;
    if (tick.announce.length > 0) announced = tick.announce;
  }

  const watch = backend.watch(look, onTick);

  function send(change: Partial<Look>) {
    const next = { ...look, ...change };
    if (Object.entries(next).every(([name, value]) => look[name as keyof Look] === value)) return;
    look = next;
    watch.look(look);
  }

  return {
    get rows() {
      return rows;
    },
    get counts() {
      return counts;
    },
    get footer() {
      return footer;
    },
    get notices() {
      return notices;
    },
    get batches() {
      return batches;
    },
    /** `null` until the first tick. */
    get destinations() {
      return destinations;
    },
    get settings() {
      return settings;
    },
    get watched() {
      return watched;
    },
    get intake() {
      return intake;
    },
    get announced() {
      return announced;
    },
    get filter() {
      return filter;
    },
    /** The one batch that the list shows, whatever the filter. */
    get batch() {
      return batch;
    },
    get selected() {
      return selected;
    },
    /** The destination that new files go to. */
    get chosen(): DestinationView | null {
      return destinations?.find((d) => d.chosen) ?? null;
    },
    /** The details of the selected job, once they came. */
    get detail(): JobDetail | null {
      return detail && detail.row.id === selected ? detail : null;
    },
    get selectedRow(): JobRow | null {
      if (selected === null) return null;
      return rows.byId.get(selected) ?? (detail?.row.id === selected ? detail.row : null);
    },
    /** Where the selected job stands in the window, or -1. */
    get selectedIndex(): number {
      const at = selected === null ? -1 : rows.order.indexOf(selected);
      return at < 0 ? -1 : at + rows.offset;
    },
    rowAt: (index: number) => rowAt(rows, index),
    show(next: Filter) {
      filter = next;
      batch = null;
      send({ filter: next, batch: null, offset: 0 });
    },
    /** Shows one batch only. */
    showBatch(id: string) {
      filter = "all";
      batch = id;
      send({ filter: "all", batch: id, offset: 0 });
    },
    /** Selects a job; its details are asked for only while they are shown. */
    select(id: string | null) {
      selected = id;
    },
    lookInto(id: string | null) {
      send({ selected: id });
    },
    window(offset: number, limit: number) {
      send({ offset, limit: Math.min(limit, LARGEST_WINDOW) });
    },
    hidden(hidden: boolean) {
      send({ hidden });
    },
  };
}

export type Session = ReturnType<typeof openSession>;
