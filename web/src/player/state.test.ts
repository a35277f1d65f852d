import { describe, expect, it } from "vitest";
import { attempt, slice } from "./samples";
import { type Action, type State, byDomain, ended, initial, isAnswered, left, reduce, unread, view, which } from "./state";
import type { Command, Status } from "./wire";

const after = (...actions: Action[]): State => actions.reduce(reduce, initial);
const taken = (change: Parameters<typeof attempt>[0] = {}): Action => ({
  type: "attempt",
  attempt: attempt(change),
  waiting: [],
});
const status = (change: Partial<Status>, ...commands: Command[]): Action => ({
  type: "status",
  status: { now: 5_000, state: "running", deadline: 6_000_000, server_seq: 9, commands, ...change },
});
const tick = (now: number): Action => ({ type: "set", values: { now } });
const lay = (...slices: ReturnType<typeof slice>[]): Action[] => slices.map((s) => ({ type: "slice", slice: s }));

describe("resuming", () => {
  it("lays what waits on the device over what the server holds", () => {
    const s = reduce(initial, {
      type: "attempt",
      attempt: attempt({ answers: { 57: { value: "C", flag: true }, 3: { value: "A", flag: false } } }),
      waiting: [
        { kind: "answered", item: 57, value: "D", at: 1 },
        { kind: "flagged", item: 3, value: true, at: 2 },
      ],
    });
    expect(s.answers).toEqual({ 57: { value: "D", flag: true }, 3: { value: "A", flag: true } });
  });

  it("shows the question last shown as soon as its slice is there", () => {
    const s = after(taken({ position: 30 }), ...lay(slice(0, 10, 20)));
    expect(s.at).toBe(-1);
    expect(reduce(s, lay(slice(2, 30, 40))[0]!).at).toBe(2);
  });

  it("begins at the first question when none was shown", () => expect(after(taken(), ...lay(slice(0, 10, 20))).at).toBe(0));

  it("stays handed in while the hand-in still waits on the device", () => {
    const s = reduce(initial, { type: "attempt", attempt: attempt(), waiting: [{ kind: "submitted", at: 1 }] });
    expect(view(s)).toBe("ended");
  });

  it("ignores a slice of another paper", () => {
    const s = after(taken());
    expect(reduce(s, { type: "slice", slice: { ...slice(0, 1), paper: "other" } })).toBe(s);
  });
});

describe("what is shown", () => {
  it.each([
    ["admitted", "identity"],
    ["waiting", "waiting"],
    ["running", "question"],
    ["paused", "paused"],
    ["submitted", "ended"],
    ["superseded", "superseded"],
    ["refused", "refused"],
  ] as const)("%s: %s", (state, shown) => expect(view(after(taken({ state })))).toBe(shown));

  it("is the PIN when the cookie is lost, with the work untouched", () => {
    const s = after(taken({ answers: { 1: { value: "A", flag: false } } }), { type: "set", values: { locked: true } });
    expect(view(s)).toBe("locked");
    expect(view(reduce(s, taken({ answers: s.answers })))).toBe("question");
  });

  it("is another tab's notice before all else", () =>
    expect(view(after(taken(), { type: "set", values: { gate: "elsewhere" } }))).toBe("elsewhere"));
});

describe("time", () => {
  it("is over at the deadline, and not over any more when it is extended", () => {
    const s = after(taken(), tick(6_000_000));
    expect(ended(s)).toBe(true);
    expect(view(reduce(s, status({ deadline: 6_600_000 })))).toBe("question");
  });

  it("stands still in a pause", () => {
    const s = after(taken(), tick(900_000), status({ state: "paused" }, { seq: 2, kind: "paused", at: 1_000_000 }), tick(3_000_000));
    expect(left(s)).toBe(5_000_000);
  });

  it("runs to the moved deadline after it", () => {
    const paused = after(taken(), status({ state: "paused" }, { seq: 2, kind: "paused", at: 1_000_000 }));
    const s = reduce(reduce(paused, status({ deadline: 8_000_000 }, { seq: 3, kind: "resumed", at: 3_000_000 })), tick(3_000_000));
    expect(left(s)).toBe(5_000_000);
  });
});

describe("messages", () => {
  const message: Command = { seq: 4, kind: "message", at: 2_000, text: "Tenang." };

  it("are shown once, however often they are sent", () => {
    const s = after(taken(), status({}, message), status({}, message));
    expect(s.commands.map((c) => c.seq)).toEqual([1, 4]);
    expect(unread(s)).toEqual(message);
    expect(unread(reduce(s, { type: "set", values: { acknowledged: 4 } }))).toBeUndefined();
  });
});

describe("work", () => {
  const working = () => after(taken(), ...lay(slice(0, 10, 20), slice(2, 30, 40)));

  it("counts a cleared answer as empty and keeps its flag", () => {
    const s = [
      { kind: "answered", item: 10, value: "A", at: 1 },
      { kind: "flagged", item: 10, value: true, at: 2 },
      { kind: "answered", item: 10, value: null, at: 3 },
    ].reduce((now, event) => reduce(now, { type: "event", event: event as never }), working());
    expect(which(s, isAnswered)).toEqual([]);
    expect(s.answers[10]).toEqual({ value: null, flag: true });
  });

  it("is grouped by domain, with what is not loaded apart", () => {
    const s = after(taken(), ...lay(slice(0, 10, 20)));
    expect(byDomain(s)).toEqual([
      { code: "TWK", name: "Wawasan", at: [0, 1] },
      { code: "", name: "", at: [2, 3] },
    ]);
  });

  it("moves only to questions that exist", () => {
    const s = working();
    expect(reduce(s, { type: "show", at: 9 })).toBe(s);
    expect(reduce(s, { type: "show", at: 3 }).at).toBe(3);
  });

  it("leaves nothing of a candidate who signs out", () => {
    const s = reduce(working(), { type: "leave" });
    expect([s.attempt, s.answers, s.items, view(s)]).toEqual([null, {}, [], "sign-in"]);
  });
});
