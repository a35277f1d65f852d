import type { Timed } from "./wire";

/** A sample this old no longer outranks a fresh one, however quick it was: quartz drifts. */
const stale = 60_000;

/**
 * The server's time, counted on the device's monotonic clock.
 *
 * The wall clock of the device may be wrong or be set during the exam, so it is only the bridge over a restart without
 * network: then the offset kept from before is used until the first reply.
 */
export class ServerClock {
  private offset: number;
  private best: { trip: number; at: number } | null = null;

  constructor(
    private readonly ticks: () => number,
    private readonly wall: () => number,
  ) {
    this.offset = wall() - ticks();
  }

  now = (): number => Math.round(this.ticks() + this.offset);

  /** Learn from a reply: the server's `now` belongs to the middle of the round trip. */
  learn({ now, sent, received }: Timed): void {
    const trip = received - sent;
    const offset = now - (sent + received) / 2;
    const slept = Math.abs(offset - this.offset) > trip / 2 + 1000;
    const { best } = this;
    if (!best || slept || trip <= best.trip || received - best.at > stale) {
      this.best = { trip, at: received };
      this.offset = offset;
    }
  }

  /** Whether a server has told the time since the page was opened. */
  get known(): boolean {
    return this.best !== null;
  }

  /** Server time minus the device's wall clock, in milliseconds; to be kept for a restart. */
  get drift(): number {
    return this.now() - this.wall();
  }

  /** Go on from a kept drift; a reply of the server outranks it. */
  assume(drift: number): void {
    if (!this.known) this.offset = this.wall() + drift - this.ticks();
  }
}

/** Which announcement is due when the time left falls from `before` to `after` (milliseconds): 10, 5, 1 or none. */
export function announcement(before: number, after: number): 10 | 5 | 1 | null {
  for (const minutes of [1, 5, 10] as const) {
    const mark = minutes * 60_000;
    if (before > mark && after <= mark && after > 0) return minutes;
  }
  return null;
}

/** `1:05:09`, or `5:09` in the last hour; a second counts until it is over. */
export function digits(left: number): string {
  const seconds = Math.max(0, Math.ceil(left / 1000));
  const pad = (n: number) => String(n).padStart(2, "0");
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor(seconds / 60) % 60;
  return (hours ? `${hours}:${pad(minutes)}` : String(minutes)) + ":" + pad(seconds % 60);
}
