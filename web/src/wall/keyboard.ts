/** Carries out what the keyboard asks for. */
import { pauseOrResume } from "./deeds";
import type { Deed } from "./deeds";
import { keyReader } from "./keys";
import type { KeyAction, Press } from "./keys";
import { ask, askMany, clearSelection, current, currentRow, helping, list, look, opened, selectedRows, toggle } from "./store";
import type { Row } from "./wire";
import { named, t } from "./words";

const searchField = () => document.querySelector<HTMLInputElement>("#wall input[type=search]");

/** Put the focus on a row, bringing it into sight. */
export function focusRow(admission: number | null): void {
  document.querySelector<HTMLElement>(`#wall [data-admission="${admission}"]`)?.focus();
}

export function closePanel(): void {
  opened.value = null;
  focusRow(currentRow.peek()?.admission ?? null);
}

function stand(index: number): void {
  const rows = list.peek();
  const row = rows[Math.min(Math.max(index, 0), rows.length - 1)];
  if (!row) return;
  current.value = row.admission;
  // An open panel goes along, and takes the focus itself.
  if (opened.peek() === null) focusRow(row.admission);
  else opened.value = row.admission;
}

const place = () => list.peek().findIndex((row) => row.admission === currentRow.peek()?.admission);

function askOne(deed: Deed): void {
  const row = currentRow.peek();
  if (row) ask(deed, row, t("impossible", { deed: named("deed", deed), name: row.name }));
}

function askSelected(choose: (rows: Row[]) => Deed): void {
  const many = selectedRows.peek();
  const row = currentRow.peek();
  if (many.length) askMany(choose(many), many, t("impossible.many", { deed: named("deed", choose(many)) }));
  else if (row) askOne(choose([row]));
}

function close(): void {
  const field = searchField();
  if (field && document.activeElement === field) {
    look({ text: "" });
    focusRow(currentRow.peek()?.admission ?? null);
  } else if (opened.peek() !== null) closePanel();
  else clearSelection();
}

const perform: Record<KeyAction, () => void> = {
  down: () => stand(place() + 1),
  up: () => stand(place() - 1),
  first: () => stand(0),
  last: () => stand(Infinity),
  open: () => (opened.value = currentRow.peek()?.admission ?? null),
  close,
  select: () => currentRow.peek() && toggle(currentRow.peek()!.admission),
  search: () => searchField()?.focus(),
  help: () => (helping.value = true),
  message: () => askSelected(() => "message"),
  pause: () => askSelected(pauseOrResume),
  extend: () => askSelected(() => "extend"),
  end: () => askOne("end"),
  admit: () => askOne("consent"),
};
const repeatable: KeyAction[] = ["down", "up"];

function whereIs(target: EventTarget | null): Press["where"] {
  if (document.querySelector("dialog:modal")) return "modal";
  if (!(target instanceof Element)) return "free";
  if (target.closest("textarea, select, input:not([type=checkbox])")) return "text";
  if (target.closest("button, a, summary, input")) return "control";
  return target.closest("[data-admission]") ? "row" : "free";
}

export function installKeyboard(): void {
  const read = keyReader();
  const onKey = (event: KeyboardEvent) => {
    const modified = event.ctrlKey || event.metaKey || event.altKey || event.isComposing;
    const action = read({ key: event.key, modified, where: whereIs(event.target), at: event.timeStamp });
    if (!action) return;
    // The page's own shortcuts know some of the same keys: the wall is asked first and keeps what it uses.
    event.preventDefault();
    event.stopPropagation();
    if (!event.repeat || repeatable.includes(action)) perform[action]();
  };
  window.addEventListener("keydown", onKey, { capture: true });
}
