import { button, h, paragraphs } from "../dom";
import type { Player } from "../player";
import { isAnswered, messages, which } from "../state";
import { type Key, clockTime, t } from "../words";
import type { Command } from "../wire";

/** Show a dialog; closing it removes it. The focus starts at its heading, so that no key in flight presses a button. */
function open(title: string, content: Parameters<typeof h>[2], kind = ""): HTMLDialogElement {
  const head = h("h2", { tabindex: -1, id: "dialog-title" }, title);
  const dialog = h("dialog", { "aria-labelledby": "dialog-title", class: kind, onclose: () => dialog.remove() }, head, content);
  document.body.append(dialog);
  dialog.showModal();
  head.focus();
  return dialog;
}

const closer = (text: string, props = {}) =>
  button(text, () => document.querySelector<HTMLDialogElement>("dialog:last-of-type")?.close(), props);

export function enlarge(picture: HTMLElement, alt: string): void {
  open(t("question.figure"), [h("figure", {}, picture), h("p", {}, alt), closer(t("close"))], "wide");
}

/** Ask once more before all is final. */
export function confirmHandIn(player: Player): void {
  const { state } = player;
  const n = state.items.length - which(state, isAnswered).length;
  const dialog = open(t("confirm"), [
    h("p", { class: "strong" }, n ? t("review.empty", { n }) + "." : t("review.all", { all: state.items.length })),
    h("p", {}, t("confirm.lead")),
    h(
      "div",
      { class: "actions" },
      button(t("confirm.yes"), () => {
        dialog.close();
        void player.handIn();
      }, { class: "primary" }),
      closer(t("confirm.no")),
    ),
  ]);
}

/** What a message or an extension says. */
function telling(player: Player, c: Command): { title: string; text: string } {
  if (c.kind === "message") return { title: t("message"), text: c.text ?? "" };
  const time = clockTime(player.state.deadline ?? c.at);
  const lead = t("extended.lead", { n: c.minutes ?? 0, time });
  return { title: t("extended"), text: [lead, c.reason].filter(Boolean).join("\n\n") };
}

/** Show a message until it is acknowledged; Escape does not count as having read it. */
export function showMessage(player: Player, c: Command): void {
  const { title, text } = telling(player, c);
  let read = false;
  const dialog = open(title, [
    paragraphs(text),
    button(t("message.ok"), () => {
      read = true;
      dialog.close();
    }, { class: "primary" }),
  ], "message");
  dialog.addEventListener("cancel", (event) => event.preventDefault());
  dialog.addEventListener("close", () => (read ? player.acknowledge(c.seq) : showMessage(player, c)));
}

export function showMessages(player: Player): void {
  const told = messages(player.state).map((c) => {
    const { title, text } = telling(player, c);
    return h("li", {}, h("strong", {}, `${clockTime(c.at)} · ${title}`), paragraphs(text));
  });
  open(t("messages.title"), [h("ul", { class: "told" }, told), closer(t("close"))]);
}

const keys: [string[], Key][] = [
  [["A–E", "1–9"], "help.choose"],
  [["0"], "help.clear"],
  [["Enter", "→"], "help.next"],
  [["←"], "help.previous"],
  [["F", "M"], "help.flag"],
  [["G"], "help.grid"],
  [["R"], "help.review"],
  [["?"], "help.help"],
];

/** The keys, and a way to turn them off for those whose aids use them otherwise. */
export function help(player: Player): void {
  const use = h("input", { type: "checkbox", onchange: () => player.dress({ keys: use.checked }) });
  use.checked = player.look.keys;
  open(t("help"), [
    h("dl", { class: "keys" }, keys.map(([names, does]) => [h("dt", {}, names.map((name) => [h("kbd", {}, name), " "])), h("dd", {}, t(does))])),
    h("label", { class: "tick" }, use, t("help.use")),
    closer(t("close")),
  ]);
}
