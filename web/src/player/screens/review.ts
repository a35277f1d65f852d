import { button, h } from "../dom";
import type { KeyActions } from "../keys";
import { type State, isAnswered, isFlagged, which } from "../state";
import { t } from "../words";
import { onArrow } from "./arrows";
import { confirmHandIn, help } from "./dialogs";
import { type Build, heading } from "./screen";

/** What is empty and what is flagged, and the way to hand in. */
export const review: Build = (player, s) => {
  const lists = h("div");
  const list = (now: State, title: string, at: number[]) => [
    h("h2", {}, title),
    h(
      "div",
      { class: "cells", "data-arrows": true, onkeydown: onArrow },
      at.map((i, place) => {
        const mark = `cell ${isAnswered(now, i) ? "answered" : "empty"} ${isFlagged(now, i) ? "flagged" : ""}`;
        return button(i + 1, () => player.show(i), {
          class: mark,
          "aria-label": t("question", { n: i + 1 }),
          tabindex: place ? -1 : 0,
        });
      }),
    ),
  ];
  let seen: Partial<State> = {};
  const update = (now: State) => {
    if (now.answers === seen.answers && now.items === seen.items) return;
    seen = now;
    const empty = which(now, (of, at) => !isAnswered(of, at));
    const flagged = which(now, isFlagged);
    lists.replaceChildren(
      ...(empty.length
        ? list(now, t("review.empty", { n: empty.length }), empty)
        : [h("p", { class: "strong" }, t("review.all", { all: now.items.length }))]),
      ...(flagged.length ? list(now, t("review.flagged", { n: flagged.length }), flagged) : []),
    );
  };
  update(s);
  const back = () => player.go("question");
  const element = h(
    "div",
    { class: "card wide" },
    heading(t("review.title")),
    lists,
    h(
      "div",
      { class: "actions" },
      button(t("review.hand-in"), () => confirmHandIn(player), { class: "primary" }),
      button(t("review.back"), back),
    ),
  );
  const idle = () => undefined;
  const keys: KeyActions = {
    choose: idle,
    clear: idle,
    next: idle,
    flag: idle,
    review: idle,
    grid: back,
    previous: back,
    help: () => help(player),
  };
  return { element, update, keys };
};
