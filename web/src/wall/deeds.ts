/** What a proctor can do to candidates, when it is possible, and how it is asked of the server. */
import type { Row } from "./wire";

export const deeds = ["message", "pause", "resume", "extend", "end", "consent", "refuse"] as const;
export type Deed = (typeof deeds)[number];
export type BulkDeed = "message" | "pause" | "resume" | "extend";
export const bulkDeeds: readonly BulkDeed[] = ["message", "pause", "resume", "extend"];

/** Whose turn it is: one candidate, those selected, or all who are in the room. */
export type Target = { kind: "one"; row: Row } | { kind: "some"; rows: Row[] } | { kind: "room" };

export interface Wish {
  deed: Deed;
  target: Target;
}

export interface Form {
  text: string;
  minutes: number;
}

/** Whether the deed makes sense for this candidate now. The server judges again. */
export function possible(deed: Deed, row: Row): boolean {
  if (row.attempt === null || row.state === "ended") return false;
  switch (deed) {
    case "message":
      return true;
    case "pause":
      return row.state === "running";
    case "resume":
      return row.state === "paused";
    case "extend":
    case "end":
      return row.state === "running" || row.state === "paused";
    case "consent":
    case "refuse":
      return row.waiting_device !== null;
  }
}

/** Those of the target whom the deed can reach; of a whole room the server finds them. */
export function reached(deed: Deed, rows: Row[]): Row[] {
  return rows.filter((row) => possible(deed, row));
}

/** One key pauses and resumes: whoever runs is paused first. */
export function pauseOrResume(rows: Row[]): "pause" | "resume" {
  return rows.some((row) => row.state === "running") || !rows.some((row) => row.state === "paused") ? "pause" : "resume";
}

export const mostMinutes = 240;

/** What is missing in the form, or `null`. */
export function flaw(deed: Deed, { text, minutes }: Form): "text" | "minutes" | null {
  if (deed === "extend" && !(Number.isInteger(minutes) && minutes >= 1 && minutes <= mostMinutes)) return "minutes";
  return text.trim() ? null : "text";
}

/** Path and body of the request. */
export function request({ deed, target }: Wish, form: Form, sitting: number): { path: string; body: object } {
  const text = form.text.trim();
  const body = {
    ...(deed === "message" ? { text } : { reason: text }),
    ...(deed === "extend" ? { minutes: form.minutes } : {}),
  };
  if (target.kind === "one") {
    const lane = deed === "consent" || deed === "refuse" ? { lane: target.row.waiting_device } : {};
    return { path: `attempts/${target.row.attempt}/${deed}`, body: { ...body, ...lane } };
  }
  const attempts = target.kind === "some" ? { attempts: reached(deed, target.rows).map((row) => row.attempt) } : {};
  return { path: `sittings/${sitting}/${deed}`, body: { ...body, ...attempts } };
}

/** What must be typed before an exam is ended: the end of the number, which makes one look at whose it is. */
export const proofOf = (row: Row): string => row.number.slice(-4);
