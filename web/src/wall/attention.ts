/** Who needs the proctor first, and which rows are shown in which order. */
import { linkOf, timeLeft } from "./state";
import type { Row, Severity } from "./wire";

export type Need = "device" | "silent" | "serious" | "incidents";

/** Why this candidate needs a person now, most urgent first. A second device waits while the exam's time runs. */
export function needsOf(row: Row, worst: Severity | undefined): Need[] {
  const needs: Need[] = [];
  if (row.waiting_device !== null && row.state !== "ended") needs.push("device");
  if (row.silent && (row.state === "running" || row.state === "paused")) needs.push("silent");
  if (row.open_incidents > 0) needs.push(worst === "serious" ? "serious" : "incidents");
  return needs;
}

const weights: Record<Need, number> = { device: 1000, silent: 100, serious: 300, incidents: 10 };
const resting: Record<Row["state"], number> = { paused: 4, running: 3, signed_in: 2, absent: 1, ended: 0 };

/** The greater, the nearer to the top of the wall. */
export function urgency(row: Row, worst: Severity | undefined): number {
  const needs = needsOf(row, worst).reduce((sum, need) => sum + weights[need], 0);
  return needs + (needs > 0 ? Math.min(row.open_incidents, 5) : resting[row.state] / 10);
}

export const chips = ["all", "attention", "running", "paused", "silent", "signed_in", "absent", "ended"] as const;
export type Chip = (typeof chips)[number];
export const orders = ["attention", "seat", "name", "state", "time"] as const;
export type Order = (typeof orders)[number];

export interface View {
  text: string;
  chip: Chip;
  order: Order;
}

type Worst = ReadonlyMap<number, Severity>;
const worstOf = (row: Row, worst: Worst) => (row.attempt === null ? undefined : worst.get(row.attempt));

function belongs(row: Row, chip: Chip, worst: Worst): boolean {
  if (chip === "all") return true;
  if (chip === "attention") return needsOf(row, worstOf(row, worst)).length > 0;
  if (chip === "silent") return linkOf(row) === "silent";
  return row.state === chip;
}

/** How many rows each chip stands for. */
export function counts(rows: Iterable<Row>, worst: Worst): Record<Chip, number> {
  const result = Object.fromEntries(chips.map((chip) => [chip, 0])) as Record<Chip, number>;
  for (const row of rows) for (const chip of chips) if (belongs(row, chip, worst)) result[chip] += 1;
  return result;
}

const plain = (text: string) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
const natural = new Intl.Collator(undefined, { numeric: true, sensitivity: "base" });

/** Every word typed must stand in the name, the number or the seat. */
function matches(row: Row, words: string[]): boolean {
  const text = plain(`${row.name} ${row.number} ${row.seat ?? ""}`);
  return words.every((word) => text.includes(word));
}

const stateRank: Row["state"][] = ["running", "paused", "signed_in", "absent", "ended"];
const bySeat = (a: Row, b: Row) =>
  Number(a.seat === null) - Number(b.seat === null) ||
  natural.compare(a.seat ?? "", b.seat ?? "") ||
  natural.compare(a.number, b.number);

function comparison(order: Order, worst: Worst, now: number): (a: Row, b: Row) => number {
  const rest = (row: Row) => timeLeft(row, now) ?? Number.MAX_SAFE_INTEGER;
  switch (order) {
    case "attention":
      return (a, b) => urgency(b, worstOf(b, worst)) - urgency(a, worstOf(a, worst));
    case "seat":
      return bySeat;
    case "name":
      return (a, b) => natural.compare(a.name, b.name);
    case "state":
      return (a, b) => stateRank.indexOf(a.state) - stateRank.indexOf(b.state);
    case "time":
      return (a, b) => rest(a) - rest(b);
  }
}

/** The rows to show, in order; equals go by seat. `now` is the server's time, for the order by time left. */
export function shown(rows: Iterable<Row>, view: View, worst: Worst, now: number): Row[] {
  const words = plain(view.text).split(/\s+/).filter(Boolean);
  const compare = comparison(view.order, worst, now);
  return [...rows]
    .filter((row) => belongs(row, view.chip, worst) && matches(row, words))
    .sort((a, b) => compare(a, b) || bySeat(a, b));
}
