export type Signal =
  | "focus_lost"
  | "focus_returned"
  | "fullscreen_left"
  | "fullscreen_entered"
  | "copied"
  | "cut"
  | "pasted"
  | "printed"
  | "offline"
  | "online";

/** Blur and hidden often come together, and a dialog of the browser blurs for an instant: wait this long (ms). */
const settle = 200;

/** Report what the browser tells about the candidate's attention. Copying is reported and, softly, prevented. */
export function watch(report: (signal: Signal) => void): void {
  let away = false;
  let timer: ReturnType<typeof setTimeout>;
  const attention = () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      const now = document.hidden || !document.hasFocus();
      if (now !== away) report(now ? "focus_lost" : "focus_returned");
      away = now;
    }, settle);
  };
  for (const name of ["blur", "focus"]) addEventListener(name, attention);
  document.addEventListener("visibilitychange", attention);
  document.addEventListener("fullscreenchange", () =>
    report(document.fullscreenElement ? "fullscreen_entered" : "fullscreen_left"),
  );
  const clipboard = { copy: "copied", cut: "cut", paste: "pasted" } as const;
  for (const [name, signal] of Object.entries(clipboard))
    document.addEventListener(name, (event) => {
      if (document.querySelector("form")?.contains(event.target as Node)) return;
      event.preventDefault();
      report(signal);
    });
  addEventListener("beforeprint", () => report("printed"));
  addEventListener("offline", () => report("offline"));
  addEventListener("online", () => report("online"));
}
