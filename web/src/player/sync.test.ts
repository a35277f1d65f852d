import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Outbox } from "./outbox";
import { Sync } from "./sync";
import { type ExamEvent, type Receipt, WireError } from "./wire";

const receipt = (saved: number[]): Receipt => ({
  now: 1,
  state: "running",
  deadline: 9,
  server_seq: 0,
  commands: [],
  saved,
  late: [],
});
const work = { answers: {}, position: null };

let outbox: Outbox;
let sent: number[][];
let answer: (events: ExamEvent[]) => Receipt;
let locked: number;
let welcome: boolean;
let sync: Sync;
const record = () => outbox.record({ kind: "answered", item: 1, value: "A", at: 1 }, work);
const offline = () => {
  throw new WireError(0, "offline", "");
};
const agree = (events: ExamEvent[]) => receipt(events.map((e) => e.seq));

beforeEach(async () => {
  vi.useFakeTimers();
  outbox = new Outbox(null);
  await outbox.open("k3v9", 1, 0);
  [sent, locked, answer, welcome] = [[], 0, agree, true];
  const events = async (_heard: number, batch: ExamEvent[]) => {
    sent.push(batch.map((e) => e.seq));
    return answer(batch);
  };
  const ears = { heard: () => 0, silence: () => 20_000, welcome: () => welcome, receipt: () => undefined, locked: () => void locked++, changed: () => undefined };
  sync = new Sync({ events, parting: () => undefined }, outbox, ears, () => 1);
});

afterEach(() => {
  sync.stop();
  vi.useRealTimers();
});

describe("sending", () => {
  it("sends a new event at once and forgets it when the server names it", async () => {
    sync.start();
    await vi.advanceTimersByTimeAsync(0);
    await record();
    sync.nudge();
    await vi.advanceTimersByTimeAsync(0);
    expect(sent).toEqual([[], [1]]);
    expect(outbox.waiting).toEqual([]);
  });

  it("beats its heart after the silence", async () => {
    sync.start();
    await vi.advanceTimersByTimeAsync(40_000);
    expect(sent).toEqual([[], [], []]);
  });

  it("keeps everything and comes back with growing pauses while nobody answers", async () => {
    answer = offline;
    await record();
    sync.start();
    await vi.advanceTimersByTimeAsync(7_000);
    expect(sent).toHaveLength(4); // at 0, 1, 3 and 7 seconds
    expect([sync.failing, outbox.waiting.length]).toEqual([true, 1]);
    answer = agree;
    sync.retry();
    await vi.advanceTimersByTimeAsync(0);
    expect([sync.failing, outbox.waiting.length]).toEqual([false, 0]);
  });

  it("does not hurry because there is more to send while requests fail", async () => {
    answer = offline;
    sync.start();
    await vi.advanceTimersByTimeAsync(0);
    await record();
    sync.nudge();
    await vi.advanceTimersByTimeAsync(500);
    expect(sent).toHaveLength(1);
  });

  it("waits as long as the server asks", async () => {
    answer = () => {
      throw new WireError(503, "busy", "", "", 10);
    };
    sync.start();
    await vi.advanceTimersByTimeAsync(10_900);
    expect(sent).toHaveLength(1);
  });

  it("keeps events the server did not name", async () => {
    answer = () => receipt([1]);
    await record();
    await record();
    sync.start();
    await vi.advanceTimersByTimeAsync(0);
    expect(outbox.waiting.map((e) => e.seq)).toEqual([2]);
  });

  it("stops and asks for the PIN when the cookie is gone, and goes on afterwards with all it had", async () => {
    answer = () => {
      throw new WireError(401, "device.unknown", "");
    };
    await record();
    sync.start();
    await vi.advanceTimersByTimeAsync(60_000);
    expect([locked, sent.length, outbox.waiting.length]).toEqual([1, 1, 1]);
    answer = agree;
    sync.start();
    await vi.advanceTimersByTimeAsync(0);
    expect(outbox.waiting).toEqual([]);
  });

  it("sends smaller parts when a batch is judged unfit", async () => {
    answer = (events) => {
      if (events.length > 1) throw new WireError(413, "too_large", "");
      return agree(events);
    };
    for (let i = 0; i < 4; i++) await record();
    sync.start();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(sent.slice(0, 3).map((batch) => batch.length)).toEqual([4, 2, 1]);
  });

  it("only beats its heart, with all kept, while its events are not welcome", async () => {
    welcome = false;
    await record();
    sync.start();
    await vi.advanceTimersByTimeAsync(20_000);
    expect([sent, outbox.waiting.length]).toEqual([[[], []], 1]);
  });

  it("never has two batches under way", async () => {
    let release = () => undefined as void;
    const gate = new Promise<void>((resolve) => (release = resolve));
    const slow = new Sync(
      { events: async (_h, batch) => (sent.push(batch.map((e) => e.seq)), await gate, agree(batch)), parting: () => undefined },
      outbox,
      { heard: () => 0, silence: () => 20_000, welcome: () => true, receipt: () => undefined, locked: () => undefined, changed: () => undefined },
    );
    slow.start();
    for (let i = 0; i < 3; i++) {
      await record();
      slow.nudge();
      slow.start();
    }
    await vi.advanceTimersByTimeAsync(100);
    expect(sent).toHaveLength(1);
    release();
    await vi.advanceTimersByTimeAsync(0);
    expect(sent.flat()).toEqual([1, 2, 3]);
    slow.stop();
  });
});
