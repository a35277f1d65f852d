import { button, h, say } from "../dom";
import type { State } from "../state";
import { type Key, clockTime, t } from "../words";
import { type Build, attemptTo, card, heading } from "./screen";

/** Is this you? */
export const identity: Build = (player, s) => {
  const { candidate, exam } = s.attempt!;
  const facts: [Key, string][] = [
    ["identity.name", candidate.name],
    ["identity.registration", candidate.registration],
    ["identity.exam", exam.title],
    ["identity.site", exam.site],
    ["identity.room", exam.room],
  ];
  return {
    element: card(
      heading(t("identity")),
      h("dl", {}, facts.filter(([, fact]) => fact).map(([name, fact]) => [h("dt", {}, t(name)), h("dd", {}, fact)])),
      h(
        "div",
        { class: "actions" },
        button(t("identity.yes"), () => player.go("rules"), { class: "primary" }),
        button(t("identity.no"), () => void player.leave()),
      ),
    ),
  };
};

export const rules: Build = (player, s) => {
  const { exam, minutes, accommodations } = s.attempt!;
  const extra = accommodations?.extra_minutes ?? 0;
  return {
    element: card(
      heading(t("rules")),
      h("p", { class: "strong" }, t("rules.facts", { items: exam.items, minutes })),
      extra > 0 && h("p", {}, t("rules.extra", { n: extra })),
      h("ul", { class: "rules" }, exam.rules.map((rule) => h("li", {}, rule))),
      h(
        "div",
        { class: "actions" },
        button(t("rules.agree"), () => player.go("check"), { class: "primary" }),
        button(t("back"), () => player.go("identity")),
      ),
    ),
  };
};

/** What this device can do, looked at before the clock runs; then the start. */
export const check: Build = (player, s) => {
  const { exam } = s.attempt!;
  const rows = h("ul", { class: "checks" });
  const row = (name: Key, good: boolean | null, text: string) =>
    h(
      "li",
      { class: good === false ? "bad" : good ? "good" : "" },
      h("span", { class: "sign", "aria-hidden": "true" }, good === null ? "…" : good ? "✓" : "!"),
      h("span", {}, h("strong", {}, t(name)), good !== null && h("span", { class: "hidden" }, `: ${t(good ? "check.good" : "check.bad")}`), h("br"), text),
    );
  const look = async () => {
    rows.replaceChildren(row("check.connection", null, t("check.connection.wait")));
    const link = await player.probe();
    const time = clockTime(player.state.now);
    const full = document.fullscreenEnabled;
    const small = innerWidth < 600;
    rows.replaceChildren(
      row("check.storage", player.state.durable, t(player.state.durable ? "check.storage.good" : "check.storage.bad")),
      row("check.connection", link !== null, link === null ? t("check.connection.bad") : t("check.connection.good", { ms: link.trip })),
      row("check.clock", link !== null, t(link?.off ? "check.clock.off" : "check.clock.good", { time })),
      row("check.screen", !small, t(small ? "check.screen.bad" : "check.screen.good")),
      row("check.fullscreen", full || !exam.fullscreen, t(!exam.fullscreen ? "check.fullscreen.free" : full ? "check.fullscreen.need" : "check.fullscreen.bad")),
    );
  };
  const trouble = h("p", { class: "error", role: "alert" });
  const opens = h("p", { class: "note", role: "status" });
  const begin = () => {
    // Only within the person's own click does a browser grant the full screen.
    if (exam.fullscreen) void document.documentElement.requestFullscreen?.().catch(() => undefined);
    void attemptTo(() => player.start(), go, trouble);
  };
  const go = button(t("start"), begin, { class: "primary" });
  const update = (now: State) => {
    const early = now.now < exam.opens_at;
    go.hidden = early;
    opens.hidden = !early;
    say(opens, early ? t("start.opens", { time: clockTime(exam.opens_at) }) : "");
  };
  void look();
  update(s);
  return {
    element: card(
      heading(t("check")),
      rows,
      opens,
      trouble,
      h("div", { class: "actions" }, go, button(t("check.again"), () => void look()), button(t("back"), () => player.go("rules"))),
    ),
    update,
  };
};
