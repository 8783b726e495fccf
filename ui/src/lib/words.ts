/** Every word that the window writes by itself. Sentences about files and destinations come ready from the api. */

import type { Action, Filter } from "./api";
import { bytes, bytesOf, count, timeLeft } from "./format/numbers";

const files = (n: number): string => count(n, "file", "files");

export const words = {
  app: "Partway",
  close: "Close",
  more: "More",
  list: "Uploads",
  navigation: "Filters and destinations",
  openNavigation: "Show filters and destinations",

  filters: {
    all: "All",
    uploading: "Uploading",
    waiting: "Waiting",
    paused: "Paused",
    "needs-attention": "Needs attention",
    verified: "Verified",
  } satisfies Record<Filter, string>,
  destinations: "Destinations",
  addDestination: "Add destination",
  settings: "Settings",

  uploadTo: "Upload to",
  folder: "Folder",
  noFolder: "No folder",
  folderAt: (destination: string) => `Folder at ${destination}`,
  folderHelp: (usual: string | null) =>
    usual === null ? "New files go there." : `New files go there. Empty: ${usual}, as usual.`,
  use: "Use",
  pauseAll: "Pause all",
  resumeAll: "Resume all",
  addFiles: "Add files",
  addMenu: "Files or a folder",
  chooseFiles: "Choose files",
  chooseFolder: "Choose a folder",

  actions: {
    pause: "Pause",
    resume: "Resume",
    "stop-now": "Stop now",
    retry: "Try again",
    "copy-link": "Copy link",
    "replace-key": "Replace key",
    overwrite: "Replace what is there",
    "keep-both": "Keep both",
    skip: "Skip this file",
    "mark-arrived": "It arrived",
    "send-again": "Send it again",
    "show-file": "Show on this computer",
    cancel: "Stop and discard",
    remove: "Remove from list",
  } satisfies Record<Action, string>,
  /** As the api labels a job that simply goes on. */
  uploading: "Uploading",
  details: "Details",
  actionsFor: (name: string) => `More for ${name}`,
  actionOn: (action: Action, name: string) => `${words.actions[action]}: ${name}`,
  sizeTo: (size: number, destination: string) => `${bytes(size)} → ${destination}`,
  onTheWay: (n: number) => `${bytes(n)} more on the way`,
  rowName: (name: string, state: string, percent: number | null) =>
    percent === null ? `${name}, ${state}` : `${name}, ${state}, ${percent} %`,
  noneHere: {
    all: "Nothing in the list.",
    uploading: "Nothing is uploading.",
    waiting: "Nothing waits.",
    paused: "Nothing is paused.",
    "needs-attention": "Nothing needs you.",
    verified: "Nothing is verified yet.",
  } satisfies Record<Filter, string>,

  batch: {
    files: (n: number, size: number) => `${files(n)}, ${bytes(size)}`,
    startsIn: (seconds: number) => `in ${seconds} s`,
    kept: "waits while you change it",
    change: "Change",
    undo: "Undo",
    startNow: "Start now",
    changeTitle: "Send these files to",
    apply: "Apply",
    more: "More",
  },

  footer: {
    confirmed: (some: number, all: number) => bytesOf(some, all),
    left: (seconds: number) => `${timeLeft(seconds)} left`,
    paused: (n: number) => `${bytes(n)} paused`,
    history: "Speed of the last minute",
  },

  inspector: {
    to: (to: string) => `To ${to}`,
    parts: (n: number, size: number) =>
      n === 1 ? `1 part of ${bytes(size)}` : `${n.toLocaleString("en")} parts of ${bytes(size)}`,
    noParts: "Not divided into parts yet",
    partCounts: (confirmed: number, way: number) =>
      way > 0
        ? `${confirmed.toLocaleString("en")} confirmed · ${way} on the way`
        : `${confirmed.toLocaleString("en")} confirmed`,
    grid: (confirmed: number, n: number) => `${confirmed} of ${n} parts confirmed`,
    confirmed: "Confirmed",
    way: "On the way",
    wayMore: (n: number) => `${bytes(n)} more`,
    speed: "Speed",
    left: "Time left",
    file: "File",
    happened: "What happened",
    technical: "For support",
    edit: "Change before it starts",
    copy: "Copy",
  },

  first: {
    title: "Where should your files go?",
    text: "Large files are sent in parts. If anything interrupts them, they go on from where they were.",
    add: "Add your first destination",
    practice: "Practice on this computer",
    intake: (n: number) => `${count(n, "item waits", "items wait")} here until you have chosen.`,
  },
  empty: {
    title: "Drop files or folders anywhere in this window",
    text: "They keep uploading when you close it.",
  },
  drop: {
    title: (n: number | null) => (n === null ? "Drop to upload" : `Drop ${files(n)} to upload`),
    to: (destination: string, folder: string | null) =>
      folder ? `To ${destination}, in ${folder}` : `To ${destination}`,
    keep: "They are kept here until you have chosen where they go.",
  },

  destination: {
    uploadHere: "Upload here",
    test: "Test",
    replaceKey: "Replace key",
    emptyPractice: "Empty it",
    remove: "Remove",
    key: (kept: string) => `Key: ${kept}`,
    menu: (name: string, said: string) => `${name}, ${said}`,
  },
  add: {
    title: "Add destination",
    kind: "Kind of destination",
    name: "Name",
    keyKept: "Kept in your system keychain, never shown again.",
    sessionToken: "Session token",
    sessionTokenHelp: "Only with a key that is lent for a while",
    advanced: "Advanced",
    submit: "Add destination",
    test: "Test",
    testAgain: "Test again",
    testing: "Testing …",
    upload: "Send a tiny test file",
    saving: "Saving …",
    marks: { good: "Seen to hold", bad: "Seen not to hold", unknown: "Cannot be known" },
    needName: "Give it a name, so that you can tell it from others.",
    needKey: "Paste the key here.",
    sessionOnly: "Keep for this session only",
    sessionOnlyHelp: "Partway then asks for the key again after it was closed.",
  },
  /** What can be set for files. */
  fields: {
    title: "Title",
    templates: "Filled in for each file: {name}, {stem}, {ext}, {folder}, {date}",
    tags: "Tags",
    tagsHelp: "Separated by commas",
    ifExists: "Where a name is taken",
    ask: "Ask me",
    overwrite: "Replace what is there",
    rename: "Keep both",
    skip: "Skip the file",
    metadata: "Metadata",
    metadataHelp: "One name=value a line",
    customId: "Custom id",
    prefix: "Random characters before the name",
    session: "Session length",
    sessionHelp: "Hours; empty: as the service decides",
    mime: "Type",
    mimeHelp: "Empty: by each file's name and content",
    badHours: "Write a number of hours, such as 24.",
    badMetadata: "Write one name=value a line.",
    twice: (name: string) => `${name} is there twice. Leave one of them out.`,
  },
  replaceKey: {
    title: (name: string) => `New key for ${name}`,
    text: "What waited for it goes on as soon as it is saved.",
    submit: "Save key",
    cancel: "Cancel",
  },
  testDestination: {
    title: (name: string) => `Test of ${name}`,
    text: "What can be seen of it, a line each.",
    close: "Close",
  },
  removeDestination: {
    title: (name: string) => `Remove ${name}?`,
    text: "Its key is removed too. Files that are already there stay there.",
    keep: "Keep it",
    submit: "Remove",
  },
  cancel: {
    title: (name: string) => `Stop uploading ${name}?`,
    sent: (n: number) => `${bytes(n)} already sent will be discarded.`,
    nothingSent: "Nothing was sent yet. The file on this computer stays.",
    keep: "Keep uploading",
    submit: "Stop and discard",
  },

  settingsSheet: {
    transfers: "Transfers",
    parts: "Parts sent at once",
    automatic: "Automatic",
    countdown: "Before a new batch starts",
    wait: (seconds: number) =>
      seconds === 0 ? "Do not wait" : `Wait ${count(seconds, "second", "seconds")}`,
    background: "In the background",
    notify: "Notify me",
    notifyHelp: "Once for each batch, and when a destination needs its key",
    look: "Appearance",
    theme: "Theme",
    themes: { system: "As the system", light: "Light", dark: "Dark" } as Record<string, string>,
    keys: "Keys",
    keychain: "Kept in the system keychain",
    checkAgain: "Check again",
    support: "Support",
    diagnostics: "Diagnostics",
    diagnosticsHelp: "What runs here and what happened last, without keys and names",
    showDiagnostics: "Show and copy",
    checking: "Checking …",
  },

  diagnostics: {
    title: "For whoever helps you",
    text: "Keys are never in here, and names of files and folders are left out where Partway knows them. Nothing is sent: read it, then hand it on yourself.",
    collecting: "Collecting …",
    copy: "Copy",
  },

  copied: "Copied.",
  unreachable: "Partway did not answer. Please try it once more.",
};
