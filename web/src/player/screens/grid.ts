import { h, say } from "../dom";
import type { Player } from "../player";
import { type State, byDomain, isAnswered, isFlagged, which } from "../state";
import { t } from "../words";
import { onArrow } from "./arrows";

export interface Grid {
  element: HTMLElement;
  update(s: State): void;
  /** Open it and put the focus on the question shown. */
  enter(): void;
}

/** All questions by number, one tab stop; arrows, Home and End move within. Mark and shape tell what is done. */
export function grid(player: Player): Grid {
  const count = h("span", { class: "count" });
  const groups = h("div", { "data-arrows": true, onkeydown: onArrow });
  const element = h(
    "details",
    { class: "grid", open: matchMedia("(min-width: 60em)").matches },
    h("summary", {}, h("span", { class: "strong" }, t("grid")), " ", count),
    h(
      "p",
      { class: "legend", "aria-hidden": "true" },
      (["answered", "empty", "flagged"] as const).map((mark) => h("span", {}, h("span", { class: `cell ${mark}` }, "0"), t(`grid.${mark}`))),
    ),
    groups,
  );
  let cells: HTMLButtonElement[] = [];
  let seen: Partial<State> = {};

  function build(s: State): void {
    cells = [];
    groups.replaceChildren(
      ...byDomain(s).map(({ code, name, at }) =>
        h(
          "section",
          { "aria-label": code ? name : t("grid.unloaded") },
          h("h2", {}, code ? name : t("grid.unloaded")),
          h("div", { class: "cells" }, at.map((i) => (cells[i] = h("button", { type: "button", onclick: () => player.show(i) }, i + 1)))),
        ),
      ),
    );
  }

  function paint(s: State): void {
    cells.forEach((cell, at) => {
      const [done, flag] = [isAnswered(s, at), isFlagged(s, at)];
      cell.className = `cell ${done ? "answered" : "empty"} ${flag ? "flagged" : ""}`;
      const marks = [t(done ? "grid.answered" : "grid.empty"), flag && t("grid.flagged")].filter(Boolean);
      cell.setAttribute("aria-label", `${at + 1}, ${marks.join(", ")}`);
      cell.tabIndex = at === Math.max(0, s.at) ? 0 : -1;
      if (at === s.at) cell.setAttribute("aria-current", "true");
      else cell.removeAttribute("aria-current");
    });
    const n = which(s, isAnswered).length;
    say(count, t("grid.count", { n, all: s.items.length }));
  }

  return {
    element,
    update(s) {
      if (s.items !== seen.items) build(s);
      if (s.items !== seen.items || s.answers !== seen.answers || s.at !== seen.at) paint(s);
      seen = s;
    },
    enter() {
      element.open = true;
      groups.querySelector<HTMLElement>("[tabindex='0']")?.focus();
    },
  };
}
