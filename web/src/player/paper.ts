import { Pause, retryDelay } from "./retry";
import type { Store } from "./store";
import { type Attempt, type Slice, type Wire, WireError } from "./wire";

const sliceSize = 10;

interface Ears {
  slice(slice: Slice): void;
  /** A slice could not be had; it will be tried again. */
  trouble(): void;
}

/** Brings the whole paper onto the device, first slice first, so that the exam needs no network after that. */
export class Paper {
  private serving: string | null = null;
  private pause = new Pause();

  constructor(
    private readonly wire: Pick<Wire, "paper">,
    private readonly store: Store | null,
    private readonly ears: Ears,
  ) {}

  /** Start, or try at once what is still missing. */
  load(attempt: Attempt): void {
    if (this.serving === attempt.paper) return this.pause.wake();
    this.serving = attempt.paper;
    void this.run(attempt);
  }

  stop(): void {
    this.serving = null;
    this.pause.wake();
  }

  private async run({ attempt, paper, exam }: Attempt): Promise<void> {
    const kept = ((await this.store?.slices(attempt).catch(() => [])) ?? []).filter((s) => s.paper === paper);
    kept.forEach((slice) => this.ears.slice(slice));
    for (let from = 0; from < exam.items && this.serving === paper; ) {
      const have = kept.find((s) => s.from === from) ?? (await this.fetch(attempt, from, paper));
      from += have?.items.length || exam.items;
    }
  }

  private async fetch(attempt: string, from: number, paper: string): Promise<Slice | null> {
    for (let tries = 1; this.serving === paper; tries++) {
      try {
        const slice = await this.wire.paper(from, sliceSize);
        // A disk that refuses is no reason to stop: the slice is in memory, and the page warns already.
        await this.store?.keepSlice(attempt, slice).catch(() => undefined);
        this.ears.slice(slice);
        return slice;
      } catch (error) {
        if (!(error instanceof WireError)) throw error;
        this.ears.trouble();
        await this.pause.wait(retryDelay(tries, Math.random(), error.retryAfter));
      }
    }
    return null;
  }
}
