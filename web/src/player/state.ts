/** The one state of the page and the pure functions that change and read it. */
import type { Save } from "./outbox";
import type { Answer, Attempt, AttemptState, Command, Draft, Item, Result, Slice, Status } from "./wire";

export type Step = "identity" | "rules" | "check" | "question" | "review";

export interface State {
  /** What stands in the way before an attempt can be shown at all. */
  gate: "loading" | "elsewhere" | "sign-in" | "open";
  attempt: Attempt | null;
  status: AttemptState;
  deadline: number | null;
  pausedAt: number | null;
  commands: Command[];
  /** The highest server event the candidate has acknowledged or needs not to. */
  acknowledged: number;
  step: Step;
  answers: Record<string, Answer>;
  /** In the candidate's order; a hole is a question not loaded yet. */
  items: (Item | undefined)[];
  /** Index of the question shown; -1 until it is known. */
  at: number;
  /** A slice of the paper could not be had. */
  paperTrouble: boolean;
  /** Handed in on this device, whether or not the server knows yet. */
  handedIn: boolean;
  /** The cookie is lost: a PIN is asked, the work stays. */
  locked: boolean;
  save: Save;
  /** Whether the device keeps what it is given. */
  durable: boolean;
  /** All is acknowledged and nothing of the attempt is left on the device. */
  wiped: boolean;
  result: Result | null;
  /** Registration numbers whose answers wait on this device, at the sign-in page. */
  leftover: string[];
  /** Server time in milliseconds, moved on every second. */
  now: number;
}

export const initial: State = {
  gate: "loading",
  attempt: null,
  status: "admitted",
  deadline: null,
  pausedAt: null,
  commands: [],
  acknowledged: 0,
  step: "identity",
  answers: {},
  items: [],
  at: -1,
  paperTrouble: false,
  handedIn: false,
  locked: false,
  save: { word: "saved", n: 0 },
  durable: true,
  wiped: false,
  result: null,
  leftover: [],
  now: 0,
};

export type Action =
  | { type: "attempt"; attempt: Attempt; waiting: Draft[] }
  | { type: "status"; status: Status }
  | { type: "event"; event: Draft }
  | { type: "slice"; slice: Slice }
  | { type: "show"; at: number }
  | { type: "go"; step: Step }
  | { type: "set"; values: Partial<Omit<State, "attempt" | "answers" | "items">> }
  | { type: "leave" };

export function reduce(s: State, a: Action): State {
  switch (a.type) {
    case "attempt":
      return adopt(s, a.attempt, a.waiting);
    case "status":
      return hear(s, a.status);
    case "event":
      return apply(s, a.event);
    case "slice":
      return lay(s, a.slice);
    case "show":
      return s.items.length > a.at && a.at >= 0 ? { ...s, at: a.at, step: "question" } : s;
    case "go":
      return { ...s, step: a.step };
    case "set":
      return { ...s, ...a.values };
    case "leave":
      return { ...initial, gate: "sign-in", durable: s.durable, now: s.now };
  }
}

/** Take over what the server (or, without it, the device's copy) holds, and lay over it what still waits here. */
function adopt(s: State, attempt: Attempt, waiting: Draft[]): State {
  const same = s.attempt?.attempt === attempt.attempt;
  const holds = new Array<undefined>(attempt.exam.items).fill(undefined);
  let next: State = {
    ...(same ? s : { ...initial, acknowledged: s.acknowledged, durable: s.durable, now: s.now }),
    gate: "open",
    attempt,
    answers: attempt.answers,
    items: same && s.attempt?.paper === attempt.paper ? s.items : holds,
    pausedAt: attempt.paused_at,
    locked: false,
  };
  next = hear(next, attempt);
  if (next.status !== "admitted" && next.step !== "review") next.step = "question";
  return waiting.reduce(apply, next);
}

function hear(s: State, status: Status): State {
  const known = new Set(s.commands.map((c) => c.seq));
  const fresh = status.commands.filter((c) => !known.has(c.seq));
  const pause = fresh.filter((c) => c.kind === "paused").at(-1);
  const pausedAt = pause?.at ?? s.pausedAt ?? status.now;
  return {
    ...s,
    status: status.state,
    deadline: status.deadline,
    pausedAt: status.state === "paused" ? pausedAt : null,
    commands: fresh.length ? [...s.commands, ...fresh].sort((x, y) => x.seq - y.seq) : s.commands,
  };
}

function apply(s: State, event: Draft): State {
  if (event.kind === "submitted") return { ...s, handedIn: true };
  if (event.item === undefined || event.kind === "navigated") return s;
  const old = s.answers[event.item] ?? { value: null, flag: false };
  const answer =
    event.kind === "flagged" ? { ...old, flag: event.value === true } : { ...old, value: event.value as string | null };
  return { ...s, answers: { ...s.answers, [event.item]: answer } };
}

function lay(s: State, slice: Slice): State {
  if (slice.paper !== s.attempt?.paper) return s;
  const items = s.items.length === slice.count ? [...s.items] : new Array<Item | undefined>(slice.count).fill(undefined);
  slice.items.forEach((item, i) => (items[slice.from + i] = item));
  return { ...s, items, at: s.at < 0 ? resumeAt(items, s.attempt.position) : s.at, paperTrouble: false };
}

/** Where to go on: at the question last shown; -1 while that one may still be in a slice to come. */
function resumeAt(items: (Item | undefined)[], position: number | null): number {
  if (position === null) return items[0] ? 0 : -1;
  const found = items.findIndex((item) => item?.ref === position);
  return found < 0 && items.every(Boolean) ? 0 : found;
}

/** What the page shows. */
export type View =
  | "loading"
  | "elsewhere"
  | "sign-in"
  | "locked"
  | "waiting"
  | "superseded"
  | "refused"
  | "paused"
  | "ended"
  | Step;

export function view(s: State): View {
  if (s.gate !== "open" || !s.attempt) return s.gate === "open" ? "loading" : s.gate;
  if (s.locked) return "locked";
  if (s.status === "admitted") return s.step === "question" || s.step === "review" ? "identity" : s.step;
  if (s.status === "running") return ended(s) ? "ended" : s.step === "review" ? "review" : "question";
  return s.status === "submitted" ? "ended" : s.status;
}

/** Whether answers are locked: ended by the server, handed in here, or the time is over by the server's clock. */
export const ended = (s: State): boolean =>
  s.status === "submitted" || s.handedIn || (s.status === "running" && s.deadline !== null && s.now >= s.deadline);

/** Milliseconds left, or `null` when no time runs yet. A pause stops the count at its beginning. */
export const left = (s: State): number | null =>
  s.deadline === null ? null : Math.max(0, s.deadline - (s.pausedAt ?? s.now));

export const answerOf = (s: State, at: number): Answer | undefined => s.answers[s.items[at]?.ref ?? -1];
export const isAnswered = (s: State, at: number): boolean => (answerOf(s, at)?.value ?? null) !== null;
export const isFlagged = (s: State, at: number): boolean => answerOf(s, at)?.flag ?? false;

/** Indices of all questions for which `test` holds. */
export const which = (s: State, test: (s: State, at: number) => boolean): number[] =>
  s.items.flatMap((_, at) => (test(s, at) ? [at] : []));

/** Messages and extensions the candidate has been told, oldest first. */
export const messages = (s: State): Command[] =>
  s.commands.filter((c) => c.kind === "message" || c.kind === "extended");

/** The next message that must be acknowledged, if any. */
export const unread = (s: State): Command | undefined => messages(s).find((c) => c.seq > s.acknowledged);

/** The last command of a kind. */
export const last = (s: State, kind: Command["kind"]): Command | undefined =>
  s.commands.filter((c) => c.kind === kind).at(-1);

/** Questions by domain, in the order in which the domains first come up; those not loaded have none (""). */
export function byDomain(s: State): { code: string; name: string; at: number[] }[] {
  const groups = new Map<string, number[]>();
  s.items.forEach((item, at) => {
    const code = item?.domain ?? "";
    groups.set(code, [...(groups.get(code) ?? []), at]);
  });
  const name = (code: string) => s.attempt?.exam.domains.find((d) => d.code === code)?.name ?? code;
  return [...groups].map(([code, at]) => ({ code, name: name(code), at }));
}
