const first = 1_000;
const longest = 30_000;

/**
 * Milliseconds to wait before try number `tries` (1 for the first repetition): doubling, at most 30 s, and spread over
 * the upper half so that a room which lost its link together does not come back in one instant.
 */
export function retryDelay(tries: number, random: number, retryAfter = 0): number {
  const full = Math.min(longest, first * 2 ** (tries - 1));
  return Math.max(retryAfter * 1000, 0) + full * (0.5 + random / 2);
}

/** A wait that can be cut short: `wake` ends the one under way, or makes the next one pass at once. */
export class Pause {
  private end: (() => void) | null = null;
  private woken = false;

  async wait(milliseconds: number): Promise<void> {
    if (!this.woken) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, milliseconds);
        this.end = () => (clearTimeout(timer), resolve());
      });
    }
    this.woken = false;
    this.end = null;
  }

  wake(): void {
    if (this.end) this.end();
    else this.woken = true;
  }
}
