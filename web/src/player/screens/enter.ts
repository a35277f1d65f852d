import { h } from "../dom";
import type { Player } from "../player";
import type { State } from "../state";
import { t } from "../words";
import { type Build, type Screen, attemptTo, card, heading } from "./screen";

/** Registration number and PIN. */
export const signIn: Build = (player, s) =>
  form(
    player,
    [
      heading(t("sign-in")),
      h("p", {}, t("sign-in.lead")),
      s.leftover.length > 0 && h("p", { class: "note" }, t("sign-in.leftover", { who: s.leftover.join(", ") })),
    ],
    "",
    t("sign-in"),
  );

/** The PIN again, in mid-exam: the registration number is known and cannot be another's. */
export const locked: Build = (player, s: State) =>
  form(
    player,
    [heading(t("locked")), h("p", {}, t("locked.lead"))],
    s.attempt!.candidate.registration,
    t("locked.go"),
  );

function form(player: Player, lead: Parameters<typeof h>[2][], known: string, go: string): Screen {
  const registration = h("input", {
    id: "registration",
    autocomplete: "off",
    autocapitalize: "characters",
    spellcheck: "false",
    required: true,
    value: known,
    readonly: known !== "",
  });
  const pin = h("input", { id: "pin", type: "password", autocomplete: "off", required: true, "aria-describedby": "trouble" });
  const trouble = h("p", { class: "error", role: "alert", id: "trouble" });
  const submit = h("button", { class: "primary" }, go);
  const show = h("input", { type: "checkbox", onchange: () => (pin.type = show.checked ? "text" : "password") });
  const send = async (event: Event) => {
    event.preventDefault();
    await attemptTo(() => player.signIn(registration.value.trim(), pin.value.trim()), submit, trouble);
    if (trouble.textContent) pin.select();
  };
  const element = card(
    lead,
    h(
      "form",
      { onsubmit: send },
      h("label", { for: "registration" }, t("sign-in.registration")),
      registration,
      h("label", { for: "pin" }, t("sign-in.pin")),
      pin,
      h("label", { class: "tick" }, show, t("sign-in.show")),
      trouble,
      submit,
    ),
  );
  return { element, focus: known ? pin : registration };
}
