/** The wall's state in one place: what the server told, and what the proctor looks at. */
import { batch, computed, effect, signal } from "@preact/signals";
import { counts, needsOf, shown } from "./attention";
import type { View } from "./attention";
import { possible, reached } from "./deeds";
import type { Deed, Wish } from "./deeds";
import { fromSnapshot, withDelta, worstOpen } from "./state";
import type { Picture } from "./state";
import type { Delta, Row, Snapshot } from "./wire";

export type Line = "joining" | "up" | "lost" | "refused";
export interface Note {
  tone: "good" | "bad" | "info";
  text: string;
}

/** What the page was told when it was made. */
export const page = { sitting: 0, csrf: "" };

export const picture = signal<Picture | null>(null);
export const line = signal<Line>("joining");
/** The page's monotonic clock, moved on once a second. */
export const ticks = signal(performance.now());
export const heardAt = signal(performance.now());
export const view = signal<View>({ text: "", chip: "all", order: "attention" });
/** The admission whose row has the keyboard. */
export const current = signal<number | null>(null);
export const selected = signal<ReadonlySet<number>>(new Set());
/** The admission whose panel is open. */
export const opened = signal<number | null>(null);
export const wish = signal<Wish | null>(null);
export const helping = signal(false);
export const note = signal<Note | null>(null);

const none: ReadonlyMap<number, Row> = new Map();
export const rows = computed(() => picture.value?.rows ?? none);
export const worst = computed(() => worstOpen(picture.value?.incidents ?? []));
export const tally = computed(() => counts(rows.value.values(), worst.value));
/** Server time; follows `ticks`. */
export const now = computed(() => ticks.value + (picture.value?.offset ?? 0));
export const list = computed(() => shown(rows.value.values(), view.value, worst.value, now.peek()));
export const selectedRows = computed(() => [...rows.value.values()].filter((row) => selected.value.has(row.admission)));
export const byAttempt = computed(() => new Map([...rows.value.values()].map((row) => [row.attempt, row])));
/** The row the keyboard stands on: the chosen one while it is shown, else the first. */
export const currentRow = computed(() => list.value.find((row) => row.admission === current.value) ?? list.value[0] ?? null);

export const needs = (row: Row) => needsOf(row, row.attempt === null ? undefined : worst.value.get(row.attempt));

/** What the live line reports. */
export const listener = {
  snapshot(snapshot: Snapshot): void {
    const at = performance.now();
    batch(() => {
      picture.value = fromSnapshot(snapshot, at, picture.peek());
      line.value = "up";
      heardAt.value = at;
    });
  },
  delta(delta: Delta): void {
    const at = performance.now();
    batch(() => {
      if (picture.peek()) picture.value = withDelta(picture.peek()!, delta, at);
      heardAt.value = at;
    });
  },
  refused(): void {
    line.value = "refused";
  },
  lost(): void {
    if (line.peek() !== "refused") line.value = "lost";
  },
  heard(): void {
    heardAt.value = performance.now();
  },
};

/** Move the clock on, and keep in the title how many candidates need somebody. */
export function startClock(): void {
  setInterval(() => (ticks.value = performance.now()), 1000);
  const title = document.title;
  effect(() => {
    const waiting = tally.value.attention;
    document.title = waiting ? `(${waiting}) ${title}` : title;
  });
}

export function look(change: Partial<View>): void {
  view.value = { ...view.peek(), ...change };
}

export function toggle(admission: number): void {
  const next = new Set(selected.peek());
  if (!next.delete(admission)) next.add(admission);
  selected.value = next;
}

export function selectShown(): void {
  selected.value = new Set([...selected.peek(), ...list.peek().map((row) => row.admission)]);
}

export function clearSelection(): void {
  selected.value = new Set();
}

/** Ask for a deed on one candidate; says so when it makes no sense. */
export function ask(deed: Deed, row: Row, refusal: string): void {
  if (possible(deed, row)) wish.value = { deed, target: { kind: "one", row } };
  else note.value = { tone: "info", text: refusal };
}

export function askMany(deed: Deed, many: Row[], refusal: string): void {
  if (reached(deed, many).length) wish.value = { deed, target: { kind: "some", rows: many } };
  else note.value = { tone: "info", text: refusal };
}
