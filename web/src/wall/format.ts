/** Numbers and times as the wall shows them. */
import { digits } from "../player/clock";

export { digits };

export type Age = { unit: "now" | "seconds" | "minutes" | "hours"; n: number };

/** How long ago `at` was: coarse, so that a calm wall does not flicker. */
export function ageOf(at: number, now: number): Age {
  const seconds = Math.max(0, Math.floor((now - at) / 1000));
  if (seconds < 5) return { unit: "now", n: 0 };
  if (seconds < 60) return { unit: "seconds", n: seconds - (seconds % 5) };
  if (seconds < 3600) return { unit: "minutes", n: Math.floor(seconds / 60) };
  return { unit: "hours", n: Math.floor(seconds / 3600) };
}

/** How near the end is: the last five minutes are to be seen from afar. */
export function haste(left: number | null): "over" | "soon" | "calm" {
  if (left === null) return "calm";
  if (left === 0) return "over";
  return left <= 5 * 60_000 ? "soon" : "calm";
}

/** A count in a small place: `99+` at most. */
export const short = (n: number): string => (n > 99 ? "99+" : String(n));
