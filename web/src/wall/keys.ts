/** What the keyboard does on the wall. */
export type KeyAction =
  | "down" | "up" | "first" | "last"
  | "open" | "close" | "select" | "search" | "help"
  | "message" | "pause" | "extend" | "end" | "admit";

const actions: Record<string, KeyAction> = {
  ArrowDown: "down", j: "down", ArrowUp: "up", k: "up", Home: "first", End: "last",
  Enter: "open", Escape: "close", " ": "select", "/": "search", "?": "help",
  m: "message", p: "pause", "+": "extend", e: "end", a: "admit",
};

/** For the help: every action once, with its keys as they are printed. */
export const keyList: [keys: string[], action: KeyAction][] = [
  [["↓", "j"], "down"], [["↑", "k"], "up"], [["Home"], "first"], [["End"], "last"],
  [["Enter"], "open"], [["Esc"], "close"], [["Space"], "select"], [["/"], "search"],
  [["m"], "message"], [["p"], "pause"], [["+"], "extend"], [["e"], "end"], [["a"], "admit"], [["?"], "help"],
];

/** After `g` the next letter belongs to the pages' own shortcuts ("go to …"), for this long. */
const patience = 1500;

const rowKeys = new Set(["ArrowDown", "ArrowUp", "Home", "End", "Enter", " "]);

export interface Press {
  key: string;
  /** A modifier that makes the key the browser's own. */
  modified: boolean;
  /** Where the focus is: a field that takes text or arrows, another control, a row, a modal dialog, or elsewhere. */
  where: "text" | "control" | "row" | "modal" | "free";
  at: number;
}

/** Turns presses into actions; remembers a `g` for its patience. */
export function keyReader(): (press: Press) => KeyAction | null {
  let goAt = -Infinity;
  return ({ key, modified, where, at }) => {
    if (modified || where === "modal") return null;
    if (where === "text") return key === "Escape" ? "close" : null;
    if (at - goAt < patience) {
      goAt = -Infinity;
      return null;
    }
    if (key === "g") goAt = at;
    // Outside the rows these scroll the page or press a button.
    if (where !== "row" && rowKeys.has(key)) return null;
    const known = key.length === 1 ? key.toLowerCase() : key;
    return actions[known] ?? null;
  };
}
