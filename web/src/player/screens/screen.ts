import { h } from "../dom";
import type { KeyActions } from "../keys";
import type { Player } from "../player";
import type { State } from "../state";
import type { Key } from "../words";
import { t } from "../words";
import { WireError } from "../wire";

/** A screen on the page: built once, then told every change of the state. */
export interface Screen {
  element: HTMLElement;
  /** What gets the focus when the screen appears; its heading if nothing is said. */
  focus?: HTMLElement;
  update?(s: State): void;
  /** What the keys of the exam do here. */
  keys?: KeyActions;
}

export type Build = (player: Player, s: State) => Screen;

/** A heading that can take the focus when its screen appears. */
export const heading = (...text: (string | Node)[]): HTMLElement => h("h1", { tabindex: -1 }, text);

/** Let the person begin at the top of something new, with the eyes and with the keyboard. */
export function bringUp(element: HTMLElement, focus: HTMLElement | null = element.querySelector("h1")): void {
  scrollTo(0, 0);
  focus?.focus({ preventScroll: true });
}

/** A quiet card with one thing on it. */
export const card = (...children: Parameters<typeof h>[2][]): HTMLElement => h("div", { class: "card" }, children);

/** A calm page that says one thing. */
export const notice = (title: Key, lead: Key | "", ...more: Parameters<typeof h>[2][]): Screen => ({
  element: card(heading(t(title)), lead && h("p", {}, t(lead)), more),
});

/** What to tell the person about a request that failed. */
export function complaint(error: unknown): string {
  if (!(error instanceof WireError)) throw error;
  return [error.message || t("error.offline"), error.hint].filter(Boolean).join(" ");
}

/** Run an action behind a button; a refusal of the server is shown in `place`. */
export async function attemptTo(action: () => Promise<void>, trigger: HTMLButtonElement, place: Element): Promise<void> {
  trigger.disabled = true;
  place.textContent = "";
  try {
    await action();
  } catch (error) {
    place.textContent = complaint(error);
  } finally {
    trigger.disabled = false;
  }
}
