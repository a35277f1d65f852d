/** What comes after the first question is on the screen, in one file. */
import styles from "./late.css?inline";
import { keepPage } from "./offline";
import type { Player } from "./player";
import { watch } from "./presence";
import { listen } from "./socket";

export { onKey } from "./keys";
export { ended } from "./screens/after";
export { confirmHandIn, enlarge, help, showMessage, showMessages } from "./screens/dialogs";
export { display } from "./screens/display";
export { grid } from "./screens/grid";
export { elsewhere, paused, refused, superseded, waiting } from "./screens/notices";
export { review } from "./screens/review";

/** Start what runs beside the screens: signals, the socket, and keeping the page for a restart without network. */
export function begin(player: Player): void {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(styles);
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
  watch((signal) => player.report(signal));
  player.connect(listen);
  let kept = false;
  const keep = () => {
    if (kept || player.state.at < 0) return;
    kept = true;
    void keepPage();
  };
  player.watch(keep);
  keep();
}
