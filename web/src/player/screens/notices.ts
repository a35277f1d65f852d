import { button, h, say } from "../dom";
import { type State, last } from "../state";
import { t } from "../words";
import { signIn } from "./enter";
import { type Build, card, heading, notice } from "./screen";

export const elsewhere: Build = (player) =>
  notice("elsewhere", "elsewhere.lead", button(t("elsewhere.here"), () => void player.steal(), { class: "primary" }));

export const waiting: Build = (player) =>
  notice("waiting", "waiting.lead", button(t("identity.no"), () => void player.leave()));

export const refused: Build = (player) =>
  notice("refused", "refused.lead", button(t("sign-in"), () => void player.leave()));

/** The content is hidden while the exam stands still. */
export const paused: Build = (_player, s) => {
  const reason = last(s, "paused")?.reason;
  return notice("paused", "paused.lead", reason && h("p", { class: "note" }, reason));
};

export const superseded: Build = (player, s) => {
  const lead = h("p", { role: "status" });
  const update = (now: State) => {
    const { n } = now.save;
    say(lead, n ? t("ended.sending", { n }) : t("superseded.lead"));
  };
  update(s);
  const again = signIn(player, { ...s, leftover: [] });
  const here = button(t("superseded.here"), () => {
    here.replaceWith(again.element);
    again.focus?.focus();
  });
  return { element: card(heading(t("superseded")), lead, here), update };
};
