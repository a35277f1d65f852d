/** The door to what is not needed before the first question: loaded after it, or when a screen of it is due. */
import type { Player } from "./player";
import { speakAll } from "./words";

type Late = typeof import("./late");

let here: Late | null = null;
let coming: Promise<Late> | null = null;

/** The late part if it is there already. */
export const late = (): Late | null => here;

/** Bring the late part and the rest of the words; may be called as often as one likes. */
export function loadLate(player: Player): Promise<Late> {
  coming ??= fetchLate(player).catch((error: unknown) => {
    coming = null;
    throw error;
  });
  return coming;
}

async function fetchLate(player: Player): Promise<Late> {
  const [part] = await Promise.all([import("./late"), speakAll()]);
  here = part;
  part.begin(player);
  return part;
}
