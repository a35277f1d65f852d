import { button, h, say } from "../dom";
import { type State, last } from "../state";
import { t } from "../words";
import type { Result } from "../wire";
import { type Build, heading } from "./screen";

/** The exam is over: first everything must arrive, then thanks and, where the exam shows it, the result. */
export const ended: Build = (player, s) => {
  const title = heading("");
  const reason = h("p", { class: "strong" });
  const lead = h("p", { role: "status" });
  const place = h("div");
  const done = button(t("ended.done"), () => void player.leave(), { class: "primary" });
  let shown: Result | null = null;
  const update = (now: State) => {
    const end = last(now, "ended");
    const by = end?.by ?? (now.handedIn ? "candidate" : "clock");
    say(title, t(`ended.${by}`));
    say(reason, end?.reason ?? "");
    reason.hidden = !end?.reason;
    const { n } = now.save;
    say(lead, now.wiped ? t("ended.thanks") : n ? t("ended.sending", { n }) : t("ended.waiting"));
    lead.className = now.wiped ? "" : "note";
    done.hidden = !now.wiped;
    if (now.wiped && now.attempt!.exam.show_scores && (now.result !== shown || !place.firstChild)) {
      shown = now.result;
      place.replaceChildren(...resultOf(shown));
    }
  };
  update(s);
  return { element: h("div", { class: "card wide" }, title, reason, lead, place, h("div", { class: "actions" }, done)), update };
};

function resultOf(result: Result | null): HTMLElement[] {
  if (!result?.ready) return [h("p", { role: "status" }, t("result.wait"))];
  if (!result.shown || !result.scores) return [];
  const of = (raw: number, max: number) => t("result.of", { raw, max });
  const head = (["result.domain", "result.score", "result.threshold"] as const).map((key) => h("th", { scope: "col" }, t(key)));
  const rows = result.scores.map(({ name, raw, max, threshold, met }) =>
    h(
      "tr",
      {},
      h("th", { scope: "row" }, name),
      h("td", {}, of(raw, max)),
      h("td", {}, threshold, " ", met !== null && h("span", { class: met ? "met" : "unmet" }, met ? `✓ ${t("result.met")}` : `✗ ${t("result.unmet")}`)),
    ),
  );
  const total = h("tr", {}, h("th", { scope: "row" }, t("result.total")), h("td", {}, of(result.total ?? 0, result.max_total ?? 0)), h("td"));
  const table = h("table", {}, h("caption", {}, t("result")), h("thead", {}, h("tr", {}, head)), h("tbody", {}, rows), h("tfoot", {}, total));
  const verdict = typeof result.passed === "boolean" && h("p", { class: "strong" }, t(result.passed ? "result.passed" : "result.failed"));
  return [h("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": t("result") }, table), verdict].filter((e) => e !== false);
}
