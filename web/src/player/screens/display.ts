import { button, h } from "../dom";
import { type Theme, sizes, themes } from "../look";
import type { Player } from "../player";
import { language, t } from "../words";
import { help } from "./dialogs";

/** Text size, colours, language and the keys. `rebuild` draws the page anew in another language. */
export function display(player: Player, rebuild: (code: string) => Promise<void>): HTMLElement {
  const presses: [HTMLElement, () => boolean][] = [];
  const refresh = () => presses.forEach(([b, on]) => b.setAttribute("aria-pressed", String(on())));
  const set = (...change: Parameters<Player["dress"]>) => {
    player.dress(...change);
    refresh();
  };
  const size = (step: number) => () => set({ size: Math.min(sizes.length - 1, Math.max(0, step ? player.look.size + step : 1)) });
  const choice = (text: string, on: () => boolean, does: () => void, props = {}) => {
    const b = button(text, does, props);
    presses.push([b, on]);
    return b;
  };
  const theme = (name: Theme) =>
    choice(t(`look.${name}`), () => document.documentElement.dataset["theme"] === name, () => set({ theme: name }));
  const tongue = (code: string, name: string) =>
    choice(name, () => language() === code, () => {
      player.dress({ language: code });
      void rebuild(code).catch(() => undefined);
    }, { lang: code });
  const group = (name: string, ...items: HTMLElement[]) =>
    h("div", { role: "group", "aria-label": name }, h("p", {}, name), h("div", { class: "choices" }, items));
  const panel = h(
    "div",
    {},
    group(t("look.size"),
      button("A−", size(-1), { "aria-label": t("look.smaller") }),
      button("A", size(0), { "aria-label": t("look.usual") }),
      button("A+", size(1), { "aria-label": t("look.larger") })),
    group(t("look.theme"), ...themes.map(theme)),
    group(t("look.language"), tongue("id", "Indonesia"), tongue("en", "English")),
    button(t("help"), () => help(player), { class: "quiet" }),
  );
  refresh();
  return panel;
}
