import { button, h, paragraphs, say } from "../dom";
import type { KeyActions } from "../keys";
import { late } from "../later";
import type { Player } from "../player";
import { type State, answerOf, isFlagged } from "../state";
import { t } from "../words";
import type { Item } from "../wire";
import type { Grid } from "./grid";
import { type Build, type Screen, bringUp, heading } from "./screen";

/** One question at a time, its answers, the way on, and the grid of all. */
export const question: Build = (player, s) => {
  const way = steps(player);
  const review = button(t("review"), () => player.go("review"), { class: "review" });
  let body = bodyOf(player, s);
  let shown = { at: s.at, item: s.items[s.at] };
  const element = h(
    "div",
    { class: "desk" },
    h("div", { class: "sheet" }, body.element, way.element),
    h("aside", { "aria-label": t("grid") }, review),
  );
  let all: Grid | undefined;
  const bringGrid = () => {
    if (all || !late()) return;
    all = late()!.grid(player);
    review.before(all.element);
  };
  const turn = (now: State) => {
    const page = { at: now.at, item: now.items[now.at] };
    if (page.at === shown.at && page.item === shown.item) return;
    const old = body;
    body = bodyOf(player, now);
    const held = page.at !== shown.at || old.element.contains(document.activeElement);
    old.element.replaceWith(body.element);
    shown = page;
    if (held) bringUp(body.element);
  };
  const update = (now: State) => {
    turn(now);
    body.update?.(now);
    way.update?.(now);
    bringGrid();
    all?.update(now);
  };
  update(s);
  const keys: KeyActions = {
    choose: (index) => body.choose?.(index),
    clear: () => player.answer(null),
    next: () => advance(player, 1),
    previous: () => advance(player, -1),
    flag: () => toggleFlag(player),
    grid: () => all?.enter(),
    review: () => player.go("review"),
    help: () => late()?.help(player),
  };
  return { element, update, keys };
};

const bodyOf = (player: Player, s: State): Body => {
  const item = s.items[s.at];
  return item ? present(player, s, item) : missing(player, s);
};

interface Body extends Screen {
  choose?(index: number): void;
}

function present(player: Player, s: State, item: Item): Body {
  const inputs = item.options.map(({ id }) =>
    h("input", { type: "radio", name: "answer", value: id, onchange: () => player.answer(id) }),
  );
  const options = item.options.map(({ text }, i) =>
    h(
      "label",
      { class: "option" },
      inputs[i],
      h("span", { class: "letter" }, String.fromCharCode(65 + i)),
      h("span", { class: "text" }, text),
    ),
  );
  const clear = button(t("question.clear"), () => {
    player.answer(null);
    inputs[0]?.focus();
  }, { class: "quiet" });
  const prompt = item.prompt.split(/\n\s*\n/).map((part) => h("span", { class: "part" }, part));
  const domain = s.attempt!.exam.domains.find((d) => d.code === item.domain)?.name ?? item.domain;
  return {
    element: h(
      "article",
      {},
      h("p", { class: "domain" }, domain),
      title(s),
      item.stimulus && h("div", { class: "stimulus" }, paragraphs(item.stimulus)),
      item.figure && figure(item.figure),
      h("fieldset", {}, h("legend", {}, prompt), options),
      clear,
    ),
    update(now) {
      const value = answerOf(now, s.at)?.value ?? null;
      inputs.forEach((input, i) => {
        input.checked = input.value === value;
        options[i]!.classList.toggle("chosen", input.checked);
      });
      clear.hidden = value === null;
    },
    choose: (index) => inputs[index] && player.answer(inputs[index].value),
  };
}

const title = (s: State) =>
  heading(t("question", { n: s.at + 1 }), " ", h("span", { class: "of" }, t("question.of", { n: s.items.length })));

function missing(player: Player, s: State): Body {
  const lead = h("p", { role: "status" });
  const again = button(t("retry"), () => player.retry());
  return {
    element: h("article", {}, s.at < 0 ? heading(t("loading.questions")) : title(s), lead, again),
    update(now) {
      say(lead, now.paperTrouble ? `${t("question.missing")}. ${t("question.missing.lead")}` : t("loading"));
      again.hidden = !now.paperTrouble;
    },
  };
}

function figure({ svg, alt }: { svg: string; alt: string }): HTMLElement {
  const named = svg.includes("xmlns=") ? svg : svg.replace("<svg", '<svg xmlns="http://www.w3.org/2000/svg"');
  const picture = () => h("img", { src: `data:image/svg+xml,${encodeURIComponent(named)}`, alt });
  return h("figure", {}, picture(), button(t("question.figure"), () => late()?.enlarge(picture(), alt), { class: "quiet" }));
}

function steps(player: Player): Screen {
  const step = (by: number) => advance(player, by);
  const previous = button(`← ${t("previous")}`, () => step(-1));
  const flag = button("", () => toggleFlag(player), { class: "flag" });
  const next = button("", () => step(1), { class: "primary" });
  return {
    element: h("nav", { class: "steps" }, previous, flag, next),
    update(s) {
      const on = isFlagged(s, s.at);
      previous.disabled = s.at <= 0;
      flag.disabled = !s.items[s.at];
      flag.setAttribute("aria-pressed", String(on));
      say(flag, `${on ? "⚑" : "⚐"} ${t(on ? "flagged" : "flag")}`);
      say(next, s.at === s.items.length - 1 ? t("review") : `${t("next")} →`);
    },
  };
}

const toggleFlag = (player: Player) => player.flag(!isFlagged(player.state, player.state.at));

function advance(player: Player, by: number): void {
  const to = player.state.at + by;
  if (to >= player.state.items.length) player.go("review");
  else if (to >= 0) player.show(to);
}
