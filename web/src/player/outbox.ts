import type { KeptEvent, Store, Work } from "./store";
import type { Draft } from "./wire";

/** The longest batch the wire takes, and a size in characters that stays under its 64 KB. */
const batchEvents = 200;
const batchSize = 40_000;

/**
 * Events on their way to the server. An event is `waiting` until the server names it as saved; it is also on the
 * device's disk, unless the disk refuses: then it is `loose`, in memory only, and the page must say so.
 */
export class Outbox {
  waiting: KeptEvent[] = [];
  /** How many appends have not yet been confirmed by the disk. */
  writing = 0;
  /** Whether the disk refused the last event. */
  refused = false;
  /** Numbers of events that an earlier lane of this device left: where they stand among others' the server decides. */
  readonly strays = new Set<number>();
  private loose = new Set<number>();
  private attempt = "";
  private lane = 0;
  private floor = 0;
  private turn: Promise<unknown> = Promise.resolve();

  constructor(private readonly store: Store | null) {}

  /** Whether every event so far is safe on the disk. */
  get kept(): boolean {
    return this.loose.size === 0;
  }

  /** Serve this attempt and lane from now on; `last` is the highest number the server holds in it. */
  async open(attempt: string, lane: number, last: number): Promise<void> {
    const same = attempt === this.attempt && lane === this.lane;
    const inMemory = same ? this.waiting.filter((e) => this.loose.has(e.seq)) : [];
    const onDisk = ((await this.store?.events()) ?? []).filter((e) => e.attempt === attempt);
    const events = [...onDisk.filter((e) => e.lane === lane), ...inMemory].sort((a, b) => a.seq - b.seq);
    if (!same) this.strays.clear();
    [this.attempt, this.lane] = [attempt, lane];
    this.floor = Math.max(same ? this.floor : 0, last, ...events.map((e) => e.seq));
    this.waiting = events;
    await this.readdress(onDisk.filter((e) => e.lane !== lane));
  }

  /** Number and keep an event. Fulfilled with it once it is on the disk, or in memory if the disk refuses. */
  record(draft: Draft, work: Work): Promise<KeptEvent> {
    this.writing++;
    // One after the other: a number given in memory after a refusal must be known to the append that follows.
    const mine = this.turn.then(() => this.append(draft, work)).finally(() => void this.writing--);
    this.turn = mine;
    return mine;
  }

  /** The oldest events that go into one request, `most` at most. */
  batch(most = batchEvents): KeptEvent[] {
    let size = 0;
    const events = this.waiting.slice(0, Math.min(most, batchEvents));
    return events.filter((e, i) => (size += JSON.stringify(e).length) < batchSize || i === 0);
  }

  /** The server has these on disk: forget them here. Returns how many there were. */
  async acknowledge(seqs: number[]): Promise<number> {
    const named = new Set(seqs);
    for (const seq of seqs) this.strays.delete(seq);
    const gone = this.waiting.filter((e) => named.has(e.seq));
    this.waiting = this.waiting.filter((e) => !named.has(e.seq));
    const onDisk = gone.filter((e) => !this.loose.delete(e.seq));
    // If the disk refuses to forget, the events are sent once more after a reload, which is harmless.
    if (onDisk.length) await this.store?.forget(onDisk).catch(() => undefined);
    return gone.length;
  }

  private async append(draft: Draft, work: Work): Promise<KeptEvent> {
    const { attempt, lane } = this;
    let event: KeptEvent;
    try {
      if (!this.store) throw new Error("no store");
      event = await this.store.append(attempt, lane, this.floor, draft, work);
      this.refused = false;
    } catch {
      event = { ...draft, attempt, lane, seq: this.floor + 1 };
      this.loose.add(event.seq);
      this.refused = true;
    }
    this.floor = event.seq;
    this.waiting.push(event);
    return event;
  }

  /** Events this device kept under an earlier lane can only be sent under the present one. */
  private async readdress(events: KeptEvent[]): Promise<void> {
    if (!events.length) return;
    const work = (await this.store!.work(this.attempt)) ?? { answers: {}, position: null };
    for (const { attempt: _attempt, lane: _lane, seq: _seq, ...draft } of events)
      this.strays.add((await this.record(draft, work)).seq);
    await this.store!.forget(events);
  }
}

export type SaveWord = "saved" | "saving" | "kept" | "loose";
export interface Save {
  word: SaveWord;
  /** Answers, flags and hand-ins that the server has not acknowledged. */
  n: number;
}

/** The word on the page. It never claims more than is known. */
export function saveState(outbox: Pick<Outbox, "writing" | "waiting" | "kept">, failing: boolean): Save {
  const n = outbox.waiting.filter((e) => e.kind !== "presence" && e.kind !== "navigated").length;
  if (!outbox.kept) return { word: failing ? "loose" : "saving", n };
  if (outbox.writing) return { word: "saving", n };
  if (!n) return { word: "saved", n };
  return { word: failing ? "kept" : "saving", n };
}
