/** An attempt, a paper and their parts, as tests need them. */
import type { Attempt, Item, Slice } from "./wire";

export const attempt = (change: Partial<Attempt> = {}): Attempt => ({
  now: 1_000,
  state: "running",
  deadline: 6_000_000,
  server_seq: 1,
  commands: [{ seq: 1, kind: "started", at: 1_000 }],
  attempt: "k3v9",
  lane: 1,
  last_seq: 0,
  paused_at: null,
  minutes: 100,
  candidate: { name: "Peserta Contoh 001", registration: "DEMO-0001" },
  exam: {
    title: "Ujian Contoh",
    language: "id",
    items: 4,
    show_scores: true,
    fullscreen: false,
    opens_at: 0,
    closes_at: 9_000_000,
    site: "Lokasi",
    room: "A",
    domains: [
      { code: "TWK", name: "Wawasan", items: 2 },
      { code: "TIU", name: "Intelegensia", items: 2 },
    ],
    rules: [],
  },
  accommodations: null,
  paper: "sha",
  answers: {},
  position: null,
  ...change,
});

export const item = (ref: number, domain = "TWK"): Item => ({
  ref,
  domain,
  prompt: "?",
  stimulus: null,
  figure: null,
  options: [
    { id: "B", text: "b" },
    { id: "A", text: "a" },
  ],
});

export const slice = (from: number, ...refs: number[]): Slice => ({
  paper: "sha",
  count: 4,
  from,
  items: refs.map((ref) => item(ref, from < 2 ? "TWK" : "TIU")),
});
