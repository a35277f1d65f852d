/** Keys for staff: `/` goes to the search field, `g` and a letter to a page, `?` shows the list. */
import { ask } from "./dialog";
import { word } from "./words";

const patience = 1500;

export function installShortcuts(): void {
  let awaitsLetterUntil = 0;
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
    if (event.timeStamp < awaitsLetterUntil) {
      awaitsLetterUntil = 0;
      destination(event.key)?.click();
    } else if (event.key === "g") {
      awaitsLetterUntil = event.timeStamp + patience;
    } else if (event.key === "/" && searchField()) {
      event.preventDefault();
      searchField()?.focus();
    } else if (event.key === "?") {
      showList();
    }
  });
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest("input, textarea, select, dialog, [contenteditable]") !== null;
}

const searchField = (): HTMLInputElement | null => document.querySelector<HTMLInputElement>("input[type=search]");

const destinations = (): HTMLAnchorElement[] => [
  ...document.querySelectorAll<HTMLAnchorElement>("a[data-shortcut]"),
];

const destination = (letter: string): HTMLAnchorElement | undefined =>
  destinations().find((link) => link.dataset["shortcut"] === letter);

function showList(): void {
  const list = document.createElement("dl");
  list.className = "keys";
  if (searchField()) list.append(...line(["/"], word("keysSearch")));
  for (const link of destinations()) {
    list.append(...line(["g", link.dataset["shortcut"] ?? ""], link.textContent?.trim() ?? ""));
  }
  list.append(...line(["?"], word("keysHelp")));
  void ask(word("keysTitle"), [list], [["close", word("keysClose"), "button-primary"]]);
}

function line(keys: string[], meaning: string): HTMLElement[] {
  const term = document.createElement("dt");
  for (const key of keys) {
    const cap = document.createElement("kbd");
    cap.textContent = key;
    term.append(cap, " ");
  }
  const definition = document.createElement("dd");
  definition.textContent = meaning;
  return [term, definition];
}
