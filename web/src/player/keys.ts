/** What the keyboard can do in the exam. */
export interface KeyActions {
  choose(index: number): void;
  clear(): void;
  next(): void;
  previous(): void;
  flag(): void;
  grid(): void;
  review(): void;
  help(): void;
}

const simple: Record<string, Exclude<keyof KeyActions, "choose">> = {
  arrowright: "next",
  arrowleft: "previous",
  enter: "next",
  f: "flag",
  m: "flag",
  g: "grid",
  r: "review",
  "?": "help",
  "0": "clear",
};

/** Controls that use a key themselves keep it: arrows move between options and grid cells, Enter presses a button. */
function taken(key: string, target: Element): boolean {
  if (target.closest("dialog, select, textarea, input:not([type=radio])")) return true;
  if (key === "enter") return target.closest("button, a, summary") !== null;
  return key.startsWith("arrow") && target.closest("input, [data-arrows]") !== null;
}

/** The action a key press stands for, or `null`. */
export function actionOf(event: KeyboardEvent): [keyof KeyActions, number] | null {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return null;
  const key = event.key.toLowerCase();
  if (event.target instanceof Element && taken(key, event.target)) return null;
  const option = /^[a-e]$/.test(key) ? key.charCodeAt(0) - 97 : /^[1-9]$/.test(key) ? Number(key) - 1 : -1;
  if (option >= 0) return ["choose", option];
  const name = simple[key];
  return name ? [name, 0] : null;
}

/** Perform the action of a key press, if it has one. A key held down repeats nothing. */
export function onKey(event: KeyboardEvent, actions: KeyActions): void {
  const found = actionOf(event);
  if (!found || event.repeat) return;
  event.preventDefault();
  const [name, option] = found;
  if (name === "choose") actions.choose(option);
  else actions[name]();
}
