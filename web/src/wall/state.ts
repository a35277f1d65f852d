/** The wall's picture of a sitting, as pure folds over what the server sends. */
import type { Delta, Incident, Row, Severity, Signal, Sitting, Snapshot } from "./wire";

export interface Picture {
  sitting: Sitting;
  /** By admission; a candidate who never came has no attempt. */
  rows: ReadonlyMap<number, Row>;
  /** Newest first, each once, at most `kept`. */
  incidents: readonly Incident[];
  /** Newest first, at most `kept`; those since the page was opened. */
  signals: readonly Signal[];
  /** Server time minus the page's monotonic clock. */
  offset: number;
}

export const kept = 200;

/** A new picture. Signals the page has seen before outlive a reconnection: the server does not tell them again. */
export function fromSnapshot(snapshot: Snapshot, receivedAt: number, earlier: Picture | null = null): Picture {
  return {
    sitting: snapshot.sitting,
    rows: new Map(snapshot.rows.map((row) => [row.admission, row])),
    incidents: newest(snapshot.incidents),
    signals: earlier?.signals ?? [],
    offset: snapshot.now - receivedAt,
  };
}

/** The picture after a delta: each row and incident replaces the earlier one, signals are added. */
export function withDelta(picture: Picture, delta: Delta, receivedAt: number): Picture {
  const rows = delta.rows.length ? new Map(picture.rows) : picture.rows;
  if (rows instanceof Map) for (const row of delta.rows) rows.set(row.admission, row);
  return {
    ...picture,
    rows,
    incidents: delta.incidents.length ? merged(picture.incidents, delta.incidents) : picture.incidents,
    signals: delta.signals.length ? newest([...delta.signals, ...picture.signals]) : picture.signals,
    // A message is never early: of two estimates the greater had the quicker way.
    offset: Math.max(picture.offset, delta.now - receivedAt),
  };
}

function merged(before: readonly Incident[], fresh: readonly Incident[]): Incident[] {
  const byId = new Map(before.map((incident) => [incident.id, incident]));
  for (const incident of fresh) byId.set(incident.id, incident);
  return newest([...byId.values()]);
}

function newest<T extends { at: number }>(entries: readonly T[]): T[] {
  return [...entries].sort((a, b) => b.at - a.at).slice(0, kept);
}

/** How long the candidate still has, in milliseconds; `null` when nothing runs. A pause holds it. */
export function timeLeft(row: Row, now: number): number | null {
  if (row.deadline === null) return null;
  if (row.state === "running") return Math.max(0, row.deadline - now);
  if (row.state === "paused") return Math.max(0, row.deadline - (row.paused_at ?? now));
  return null;
}

export type Link = "connected" | "silent" | "never" | "gone" | "done";

/** What is known of the candidate's device; `done` once nobody waits for it any more. */
export function linkOf(row: Row): Link {
  if (row.state === "ended") return "done";
  if (row.silent) return "silent";
  if (row.connected) return "connected";
  return row.last_signal === null ? "never" : "gone";
}

/** The gravest open incident of every attempt that has one. */
export function worstOpen(incidents: readonly Incident[]): ReadonlyMap<number, Severity> {
  const order: Severity[] = ["info", "warn", "serious"];
  const worst = new Map<number, Severity>();
  for (const { attempt, severity, state } of incidents) {
    if (state !== "open") continue;
    const before = worst.get(attempt);
    if (!before || order.indexOf(severity) > order.indexOf(before)) worst.set(attempt, severity);
  }
  return worst;
}

export type Entry = { kind: "incident"; at: number; incident: Incident } | { kind: "signal"; at: number; signal: Signal };

/** Incidents, and the signals too when asked for, as one list with the newest first. */
export function feedOf(picture: Picture, withSignals: boolean): Entry[] {
  const entries: Entry[] = picture.incidents.map((incident) => ({ kind: "incident", at: incident.at, incident }));
  if (withSignals) for (const signal of picture.signals) entries.push({ kind: "signal", at: signal.at, signal });
  return newest(entries);
}
