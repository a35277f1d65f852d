import "./player.css";
import { ServerClock } from "./clock";
import { Player } from "./player";
import { frame } from "./screens/frame";
import { Store } from "./store";
import { oneTab } from "./tab";
import { Wire } from "./wire";
import { speak } from "./words";

// A function, not top-level waiting: the late part imports from this file and would wait for it in a circle.
async function main(): Promise<void> {
  const root = document.documentElement;
  const clock = new ServerClock(() => performance.now(), Date.now);
  const tab = oneTab({ lost: () => player.yieldTab(), free: () => player.takeTurn() });
  const player = new Player({
    wire: new Wire((timed) => clock.learn(timed)),
    store: await Store.open(),
    clock,
    tab,
    signedIn: root.dataset["signedIn"] === "yes",
  });

  const wanted = player.look.language || root.lang;
  await speak(wanted).then(
    () => (root.lang = wanted),
    () => speak(root.lang),
  );
  frame(player);
  setInterval(() => player.tick(), 1000);
  addEventListener("online", () => player.retry());
  addEventListener("pagehide", player.part);

  if (await tab.claim()) await player.boot();
  else player.yieldTab();
}

void main();
