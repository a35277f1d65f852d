import { announcement, digits } from "../clock";
import { button, h, say } from "../dom";
import { late, loadLate } from "../later";
import type { Player } from "../player";
import { type State, type View, left, messages, unread, view } from "../state";
import { type Key, speak, t } from "../words";
import { check, identity, rules } from "./before";
import { locked, signIn } from "./enter";
import { question } from "./question";
import { type Build, type Screen, bringUp } from "./screen";

const loading: Build = () => ({ element: h("p", { class: "card", role: "status" }, t("loading")) });
const early: Partial<Record<View, Build>> = { loading, "sign-in": signIn, locked, identity, rules, check, question };

/** What stays on the page around the screens: title, saving, time, display, warnings. */
export function frame(player: Player): void {
  let screen: Screen | undefined;
  let shown: View | undefined;
  let bar = topBar(player, rebuild);
  const main = h("main", { id: "main", tabindex: -1 });
  const warnings = h("div", { class: "warnings", role: "alert" });
  const polite = h("div", { class: "hidden", "aria-live": "polite" });
  const skip = h("a", { class: "skip", href: "#main" });
  document.body.replaceChildren(skip, bar.element, warnings, main, polite);

  async function rebuild(code: string): Promise<void> {
    await speak(code);
    document.documentElement.lang = code;
    // The server gives out the next page in the same language.
    document.cookie = `language=${code}; path=/; max-age=31536000; samesite=lax`;
    const fresh = topBar(player, rebuild);
    bar.element.replaceWith(fresh.element);
    bar = fresh;
    shown = undefined;
    warnings.replaceChildren();
    again();
  }

  const again = () => draw(player.state, player.state);

  function draw(s: State, before: State): void {
    const now = view(s);
    say(skip, t("skip"));
    const build = early[now] ?? late()?.[now as "review"];
    if (!late() && (!build || now === "question")) void loadLate(player).then(again, () => undefined);
    const due = build ? now : "loading";
    if (due !== shown) {
      shown = due;
      screen = (build ?? loading)(player, s);
      main.replaceChildren(screen.element);
      bringUp(screen.element, screen.focus);
    } else screen?.update?.(s);
    bar.update(s);
    warn(warnings, s, now);
    tell(player, s, now);
    const minutes = now === "question" || now === "review" ? announcement(left(before) ?? 0, left(s) ?? 0) : null;
    if (minutes) say(polite, t("time.announce", { n: minutes }));
  }

  document.addEventListener("keydown", (event) => {
    if (screen?.keys && (player.look.keys || event.key === "?")) late()?.onKey(event, screen.keys);
  });
  document.addEventListener("fullscreenchange", again);
  player.watch(draw);
  again();
}

/** One unread message at a time, over whatever else is open. */
function tell(player: Player, s: State, now: View): void {
  const message = unread(s);
  const fit = now === "question" || now === "review" || now === "paused";
  if (message && fit && !document.querySelector("dialog.message")) late()?.showMessage(player, message);
}

function warn(place: HTMLElement, s: State, now: View): void {
  const working = now === "question" || now === "review";
  const left = working && s.attempt!.exam.fullscreen && document.fullscreenEnabled && !document.fullscreenElement;
  const due: Key[] = [];
  if (!s.durable) due.push("warn.storage");
  if (working && s.save.word === "kept") due.push("warn.offline");
  if (left) due.push("warn.fullscreen");
  if (place.dataset["due"] === due.join() && place.childElementCount === due.length) return;
  place.dataset["due"] = due.join();
  const back = () => void document.documentElement.requestFullscreen().catch(() => undefined);
  place.replaceChildren(...due.map((key) => h("p", {}, t(key), " ", key === "warn.fullscreen" && button(t("fullscreen.back"), back))));
}

function topBar(player: Player, rebuild: (code: string) => Promise<void>) {
  const title = h("span", { class: "title" });
  const save = h("span", { class: "save", role: "status" });
  const time = h("span", { class: "digits", role: "timer", "aria-label": t("time.left") });
  const hide = button("", () => {
    player.dress({ clock: !player.look.clock });
    update(player.state);
  }, { class: "quiet" });
  const clock = h("span", { class: "clock" }, time, hide);
  const inbox = button("", () => late()?.showMessages(player), { class: "quiet" });
  const fill = () => void loadLate(player).then(({ display }) => panel.replaceChildren(display(player, rebuild)), () => undefined);
  const panel = h("div", { class: "panel" });
  const menu = h("details", { class: "menu", ontoggle: fill }, h("summary", {}, t("look")), panel);
  const element = h("header", { class: "bar" }, title, save, clock, inbox, menu);
  function update(s: State): void {
    const now = view(s);
    const working = now === "question" || now === "review" || now === "paused";
    say(title, s.attempt?.exam.title ?? "");
    save.hidden = !working && !s.save.n;
    save.dataset["word"] = s.save.word;
    say(save, t(`save.${s.save.word}`, { n: s.save.n }));
    const rest = left(s);
    clock.hidden = !working || rest === null;
    time.hidden = !player.look.clock;
    say(time, digits(rest ?? 0));
    time.classList.toggle("late", (rest ?? Infinity) <= 300_000);
    say(hide, t(player.look.clock ? "time.hide" : "time.show"));
    const told = messages(s).length;
    inbox.hidden = !told || s.gate !== "open";
    say(inbox, t("messages", { n: told }));
  }
  return { element, update };
}
