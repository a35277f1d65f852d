import "fake-indexeddb/auto";
import { IDBFactory } from "fake-indexeddb";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { Outbox, saveState } from "./outbox";
import { Store } from "./store";
import type { Draft } from "./wire";

const work = { answers: {}, position: null };
const answer = (item: number, value = "A"): Draft => ({ kind: "answered", item, value, at: 1 });

let store: Store;
const opened = async (from: Store | null = store, lane = 1, last = 0) => {
  const outbox = new Outbox(from);
  await outbox.open("k3v9", lane, last);
  return outbox;
};

beforeEach(async () => {
  globalThis.indexedDB = new IDBFactory();
  store = (await Store.open())!;
});

describe("the outbox", () => {
  it("numbers events from 1 without gaps, also when they come at once", async () => {
    const outbox = await opened();
    const events = await Promise.all([1, 2, 3, 4].map((item) => outbox.record(answer(item), work)));
    expect(events.map((e) => e.seq)).toEqual([1, 2, 3, 4]);
  });

  it("goes on from the server's number where that is higher", async () => {
    const outbox = await opened(store, 1, 17);
    expect((await outbox.record(answer(1), work)).seq).toBe(18);
  });

  it("holds every event over a reload, with the work it led to", async () => {
    const before = await opened();
    await before.record(answer(57), { answers: { 57: { value: "A", flag: false } }, position: 57 });
    const after = await opened();
    expect(after.waiting.map((e) => [e.seq, e.item])).toEqual([[1, 57]]);
    expect(await store.work("k3v9")).toEqual({ answers: { 57: { value: "A", flag: false } }, position: 57 });
    expect((await after.record(answer(2), work)).seq).toBe(2);
  });

  it("counts an event as kept only when the transaction is complete", async () => {
    const outbox = await opened();
    const recording = outbox.record(answer(1), work);
    expect(saveState(outbox, true).word).toBe("saving");
    await recording;
    expect(saveState(outbox, true)).toEqual({ word: "kept", n: 1 });
    expect(await store.events()).toHaveLength(1);
  });

  it("asks for strict durability", async () => {
    const begin = vi.spyOn(IDBDatabase.prototype, "transaction");
    await (await opened()).record(answer(1), work);
    expect(begin.mock.calls.every(([, , options]) => options?.durability === "strict")).toBe(true);
    begin.mockRestore();
  });

  it("forgets exactly what the server names, on the disk too", async () => {
    const outbox = await opened();
    for (const item of [1, 2, 3]) await outbox.record(answer(item), work);
    await outbox.acknowledge([1, 3, 99]);
    expect(outbox.waiting.map((e) => e.seq)).toEqual([2]);
    expect((await store.events()).map((e) => e.seq)).toEqual([2]);
  });

  it("never reuses the number of a forgotten event", async () => {
    const outbox = await opened();
    await outbox.record(answer(1), work);
    await outbox.acknowledge([1]);
    expect((await (await opened()).record(answer(2), work)).seq).toBe(2);
  });

  it("gives the oldest 200 at most, and fewer when they are long", async () => {
    const outbox = await opened(null);
    for (let i = 0; i < 250; i++) await outbox.record(answer(i), work);
    expect(outbox.batch().map((e) => e.seq)).toEqual(Array.from({ length: 200 }, (_, i) => i + 1));
    const long = await opened(null);
    for (let i = 0; i < 5; i++) await long.record(answer(i, "x".repeat(15_000)), work);
    expect(long.batch()).toHaveLength(2);
  });

  it("keeps another attempt's events untouched", async () => {
    await (await opened()).record(answer(1), work);
    const other = new Outbox(store);
    await other.open("other", 1, 0);
    expect(other.waiting).toEqual([]);
    expect(await store.events()).toHaveLength(1);
  });

  it("readdresses what was kept under an earlier lane of this device", async () => {
    await (await opened()).record(answer(57), work);
    const later = await opened(store, 3, 4);
    expect(later.waiting.map((e) => [e.lane, e.seq, e.item])).toEqual([[3, 5, 57]]);
    expect((await store.events()).map((e) => e.lane)).toEqual([3]);
    expect([...later.strays]).toEqual([5]);
    await later.acknowledge([5]);
    expect(later.strays.size).toBe(0);
  });
});

describe("a device that keeps nothing", () => {
  it("queues in memory, says so, and still numbers without gaps", async () => {
    const outbox = await opened(null, 1, 3);
    await outbox.record(answer(1), work);
    await outbox.record(answer(2), work);
    expect(outbox.waiting.map((e) => e.seq)).toEqual([4, 5]);
    expect(saveState(outbox, true)).toEqual({ word: "loose", n: 2 });
    await outbox.acknowledge([4, 5]);
    expect(saveState(outbox, false)).toEqual({ word: "saved", n: 0 });
  });

  it("takes over in mid-exam when the disk is full, and hands back when there is room", async () => {
    const outbox = await opened();
    await outbox.record(answer(1), work);
    const full = vi.spyOn(store, "append").mockRejectedValueOnce(new DOMException("full", "QuotaExceededError"));
    await outbox.record(answer(2), work);
    expect([outbox.kept, outbox.refused]).toEqual([false, true]);
    await outbox.record(answer(3), work);
    expect(outbox.waiting.map((e) => e.seq)).toEqual([1, 2, 3]);
    expect(outbox.refused).toBe(false);
    expect((await store.events()).map((e) => e.seq)).toEqual([1, 3]);
    full.mockRestore();
  });
});

describe("the word on the page", () => {
  const box = (kinds: Draft["kind"][], writing = 0) => ({
    writing,
    kept: true,
    waiting: kinds.map((kind, i) => ({ kind, at: 1, seq: i + 1, attempt: "k", lane: 1 })),
  });

  it("says saved only when no answer waits", () => {
    expect(saveState(box([]), false).word).toBe("saved");
    expect(saveState(box(["answered"]), false).word).toBe("saving");
    expect(saveState(box([], 1), false).word).toBe("saving");
  });

  it("counts answers, flags and the hand-in, not glances", () =>
    expect(saveState(box(["answered", "presence", "navigated", "flagged", "submitted"]), true)).toEqual({
      word: "kept",
      n: 3,
    }));
});

describe("the store", () => {
  it("leaves nothing of a wiped attempt but the device's name", async () => {
    await store.set("device", "00ff");
    await (await opened()).record(answer(1), work);
    await store.keepSlice("k3v9", { paper: "sha", count: 1, from: 0, items: [] });
    await store.wipe("k3v9");
    expect(await store.events()).toEqual([]);
    expect(await store.slices("k3v9")).toEqual([]);
    expect(await store.work("k3v9")).toBeUndefined();
    expect(await store.get("device")).toBe("00ff");
  });

  it("is absent where the browser refuses", async () => {
    globalThis.indexedDB = {
      open: () => {
        throw new DOMException("no", "SecurityError");
      },
    } as unknown as IDBFactory;
    expect(await Store.open()).toBeNull();
  });
});
