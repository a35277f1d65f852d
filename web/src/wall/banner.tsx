/** Says plainly when the picture is not live, and what came of the last deed. */
import { useEffect } from "preact/hooks";
import { ageOf } from "./format";
import { heardAt, line, note, now, picture, ticks } from "./store";
import { clockTime, t } from "./words";
import type { Key } from "./words";

const shownFor = 8000;

export const age = (at: number, until: number): string => {
  const { unit, n } = ageOf(at, until);
  return t(`age.${unit}` as Key, { n });
};

function lineText(): string {
  if (line.value !== "lost") return t("joining");
  if (!picture.value) return t("lost.first");
  const at = heardAt.value + picture.value.offset;
  return t("lost", { time: clockTime(at), age: age(heardAt.value, ticks.value) });
}

export function Banner() {
  useEffect(() => {
    if (!note.value) return;
    const timer = setTimeout(() => (note.value = null), shownFor);
    return () => clearTimeout(timer);
  }, [note.value]);
  return (
    <>
      {line.value === "refused" && (
        <div class="notice notice-bad wall-line" role="alert">
          <p>{t("refused")}</p>
          <p>
            <a href={location.href}>{t("refused.again")}</a>
          </p>
        </div>
      )}
      {line.value === "lost" && (
        <div class="notice notice-warn wall-line">
          <p>{lineText()}</p>
        </div>
      )}
      {line.value === "joining" && <p class="quiet">{lineText()}</p>}
      <div class="wall-note" role="status">
        {note.value && <p class={`notice notice-${note.value.tone}`}>{note.value.text}</p>}
      </div>
    </>
  );
}

/** The server's clock, and whether what is shown is live. */
export function Clock() {
  const live = line.value === "up";
  return (
    <span class="wall-clock">
      {live && <span class="badge badge-good">{t("facts.live")}</span>}
      <span title={t("facts.clock")}>
        <span class="visually-hidden">{t("facts.clock")} </span>
        {clockTime(now.value)}
      </span>
    </span>
  );
}
