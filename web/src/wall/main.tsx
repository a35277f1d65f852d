/** The proctor's wall: one sitting, live. */
import { render } from "preact";
import "./wall.css";
import { installKeyboard } from "./keyboard";
import { watch } from "./live";
import { Screen } from "./screen";
import { listener, page, startClock } from "./store";
import { speak } from "./words";

const place = document.getElementById("wall");
if (place) {
  page.sitting = Number(place.dataset["sitting"]);
  page.csrf = place.dataset["csrf"] ?? "";
  speak(place.dataset["language"] ?? document.documentElement.lang);
  place.replaceChildren();
  render(<Screen />, place);
  startClock();
  installKeyboard();
  watch(page.sitting, listener);
}
