/** What the wall and the server say to each other. Times are milliseconds by the server's clock. */

export type RowState = "absent" | "signed_in" | "running" | "paused" | "ended";
export type Severity = "info" | "warn" | "serious";
export const alertKinds = ["focus_lost", "fullscreen_left", "clipboard", "silence", "second_device"] as const;
export type AlertKind = (typeof alertKinds)[number];

export interface Row {
  admission: number;
  attempt: number | null;
  number: string;
  name: string;
  seat: string | null;
  state: RowState;
  ended_by: "candidate" | "deadline" | "proctor" | null;
  /** Place of the item being looked at, from 1. */
  item: number | null;
  answered: number;
  flagged: number;
  deadline: number | null;
  paused_at: number | null;
  connected: boolean;
  silent: boolean;
  last_signal: number | null;
  /** The lane of another device that waits for a proctor's consent. */
  waiting_device: number | null;
  alerts: Partial<Record<AlertKind, number>>;
  open_incidents: number;
}

export interface Incident {
  id: number;
  attempt: number;
  rule: string;
  severity: Severity;
  at: number;
  count: number;
  state: "open" | "seen";
  note: string | null;
}

export interface Signal {
  attempt: number;
  kind: string;
  at: number;
}

export interface Sitting {
  id: number;
  exam: string;
  site: string;
  room: string;
  opens_at: number;
  closes_at: number;
  items: number;
}

export interface Snapshot {
  now: number;
  sitting: Sitting;
  rows: Row[];
  incidents: Incident[];
}

export interface Delta {
  now: number;
  rows: Row[];
  incidents: Incident[];
  signals: Signal[];
}

export type Watched = { ok: true; snapshot: Snapshot } | { ok: false; error: string };

/** What came of a request: done, refused by the server in the person's language, or no answer at all. */
export type Outcome = { kind: "done" } | { kind: "refused"; message: string; hint: string } | { kind: "unanswered" };

const patience = 15_000;

/** Send one deed of the proctor. Never throws: a failure is an outcome that must be shown. */
export async function send(path: string, body: object, csrf: string): Promise<Outcome> {
  try {
    const reply = await fetch(`/proctor/api/${path}`, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-CSRFToken": csrf },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(patience),
    });
    return reply.ok ? { kind: "done" } : refusal(reply.status, await reply.json().catch(() => null));
  } catch {
    return { kind: "unanswered" };
  }
}

/** The words of an error body; a reply without any (a proxy's page, say) is told by its status. */
export function refusal(status: number, body: unknown): Outcome {
  const error = (body as { error?: { message?: string; hint?: string } } | null)?.error;
  return { kind: "refused", message: error?.message ?? `HTTP ${status}`, hint: error?.hint ?? "" };
}
