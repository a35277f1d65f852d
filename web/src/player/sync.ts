import type { Outbox } from "./outbox";
import { Pause, retryDelay } from "./retry";
import { type Receipt, type Wire, WireError } from "./wire";

interface Ears {
  /** The highest server event heard so far. */
  heard(): number;
  /** Milliseconds of silence after which a heartbeat is due. */
  silence(): number;
  /** Whether events are taken now: not from a device that waits for consent. */
  welcome(): boolean;
  receipt(receipt: Receipt): void | Promise<void>;
  /** The cookie is gone: a PIN is needed before anything more can be sent. */
  locked(): void;
  /** Something about the state of saving may have changed. */
  changed(): void;
}

/** Carries the outbox to the server: one batch under way at a time, retried until acknowledged. */
export class Sync {
  failing = false;
  private tries = 0;
  private most = Infinity;
  private running = false;
  private busy = false;
  private loop: Promise<void> | null = null;
  private pause = new Pause();

  constructor(
    private readonly wire: Pick<Wire, "events" | "parting">,
    private readonly outbox: Outbox,
    private readonly ears: Ears,
    private readonly random: () => number = Math.random,
  ) {}

  start(): void {
    this.running = true;
    if (this.loop) this.pause.wake();
    // A loop that was told to stop but is still waiting for a reply just goes on: there is never a second one.
    this.loop ??= this.run().finally(() => void (this.loop = null));
  }

  stop(): void {
    this.running = false;
    this.pause.wake();
  }

  /** There is something new to send. While requests fail the next try keeps its time. */
  nudge(): void {
    if (!this.failing && !this.busy) this.pause.wake();
    this.ears.changed();
  }

  /** The link may be back: try now. */
  retry(): void {
    this.tries = 0;
    this.pause.wake();
  }

  /** The page is going away. */
  part(): void {
    const batch = this.outbox.batch();
    if (this.running && batch.length) this.wire.parting(this.ears.heard(), batch.map(bare));
  }

  private async run(): Promise<void> {
    while (this.running) {
      const wait = await this.turn();
      if (!this.running) return;
      const more = this.outbox.waiting.length > 0 && this.ears.welcome();
      if (wait || !more) await this.pause.wait(wait || this.ears.silence());
    }
  }

  /** Send one batch (or a heartbeat); returns how long to wait before the next, 0 when all went well. */
  private async turn(): Promise<number> {
    const batch = this.ears.welcome() ? this.outbox.batch(this.most) : [];
    this.busy = true;
    try {
      const receipt = await this.wire.events(this.ears.heard(), batch.map(bare));
      const saved = await this.outbox.acknowledge(receipt.saved);
      [this.failing, this.tries, this.most] = [false, 0, Infinity];
      this.ears.changed();
      await this.ears.receipt(receipt);
      // A server that took the batch and named none of it would otherwise be asked again at once, for ever.
      return batch.length && !saved ? retryDelay(3, this.random()) : 0;
    } catch (error) {
      if (!(error instanceof WireError)) throw error;
      this.failing = true;
      this.ears.changed();
      if (error.status === 401) {
        this.running = false;
        this.ears.locked();
        // Or else a batch judged unfit is sent in smaller parts, so that one bad event does not hold up all of them.
      } else if (!error.passing) this.most = Math.max(1, batch.length >> 1);
      return retryDelay(++this.tries, this.random(), error.retryAfter);
    } finally {
      this.busy = false;
    }
  }
}

const bare = <T extends { attempt: string; lane: number }>({ attempt: _attempt, lane: _lane, ...event }: T) => event;
