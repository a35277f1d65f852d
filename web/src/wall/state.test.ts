import { describe, expect, it } from "vitest";
import { needsOf, shown } from "./attention";
import { delta, incident, row, snapshot } from "./samples";
import { feedOf, fromSnapshot, kept, linkOf, timeLeft, withDelta, worstOpen } from "./state";

describe("the picture of a sitting", () => {
  const first = fromSnapshot(snapshot({ incidents: [incident()] }), 100);

  it("takes a row and an incident of a delta for the newer truth", () => {
    const next = withDelta(first, delta({ rows: [row({ answered: 7 })], incidents: [incident({ count: 2, at: 2000 })] }), 200);
    expect(next.rows.get(1)!.answered).toBe(7);
    expect(next.incidents).toHaveLength(1);
    expect(next.incidents[0]!.count).toBe(2);
    expect(first.rows.get(1)!.answered).toBe(2);
  });

  it("keeps the newest signals first, and not without bound", () => {
    let picture = first;
    for (let n = 0; n < kept + 50; n += 1)
      picture = withDelta(picture, delta({ signals: [{ attempt: 11, kind: "focus_lost", at: n }] }), 200);
    expect(picture.signals).toHaveLength(kept);
    expect(picture.signals[0]!.at).toBe(kept + 49);
    expect(feedOf(picture, true)[0]!.kind).toBe("incident");
    expect(feedOf(picture, false)).toHaveLength(1);
  });

  it("keeps signals over a reconnection", () => {
    const seen = withDelta(first, delta({ signals: [{ attempt: 11, kind: "copied", at: 1 }] }), 200);
    expect(fromSnapshot(snapshot(), 300, seen).signals).toHaveLength(1);
  });
});

describe("a row", () => {
  it("has its time held by a pause", () => {
    expect(timeLeft(row(), 100_000)).toBe(500_000);
    expect(timeLeft(row({ state: "paused", paused_at: 200_000 }), 900_000)).toBe(400_000);
    expect(timeLeft(row({ state: "ended" }), 0)).toBeNull();
    expect(timeLeft(row(), 900_000)).toBe(0);
  });

  it("tells connected, silent, gone and never there apart", () => {
    expect(linkOf(row())).toBe("connected");
    expect(linkOf(row({ silent: true }))).toBe("silent");
    expect(linkOf(row({ connected: false }))).toBe("gone");
    expect(linkOf(row({ connected: false, last_signal: null }))).toBe("never");
    expect(linkOf(row({ state: "ended", silent: true }))).toBe("done");
  });
});

describe("attention", () => {
  const rows = [
    row({ admission: 1, attempt: 1, name: "A", seat: "3" }),
    row({ admission: 2, attempt: 2, name: "B", seat: "10", silent: true }),
    row({ admission: 3, attempt: 3, name: "C", seat: "2", waiting_device: 2 }),
    row({ admission: 4, attempt: null, name: "D", seat: null, state: "absent" }),
  ];
  const order = (by: "attention" | "seat") => shown(rows, { text: "", chip: "all", order: by }, new Map(), 0).map((each) => each.name);

  it("puts first who waits for the proctor", () => {
    expect(order("attention")).toEqual(["C", "B", "A", "D"]);
    expect(order("seat")).toEqual(["C", "A", "B", "D"]);
  });

  it("names the gravest open incident", () => {
    const worst = worstOpen([incident({ severity: "serious", state: "seen" }), incident({ id: 2 }), incident({ id: 3, severity: "info" })]);
    expect(worst.get(11)).toBe("warn");
    expect(needsOf(row({ open_incidents: 2 }), "serious")).toEqual(["serious"]);
  });

  it("finds by every word, without accents", () => {
    const found = shown([row({ name: "Pésèrta Contoh" }), row({ admission: 2, name: "Lain" })], { text: "contoh pes", chip: "all", order: "name" }, new Map(), 0);
    expect(found.map((each) => each.admission)).toEqual([1]);
  });
});
