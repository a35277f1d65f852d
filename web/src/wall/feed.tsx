/** What happens in the room, the newest first: incidents, or every signal of the devices. */
import { useState } from "preact/hooks";
import { IncidentLine } from "./incident";
import { feedOf } from "./state";
import { byAttempt, current, opened, picture } from "./store";
import type { Signal } from "./wire";
import { clockSeconds, named, t } from "./words";

function open(attempt: number): void {
  const row = byAttempt.peek().get(attempt);
  if (!row) return;
  current.value = row.admission;
  opened.value = row.admission;
}

export function Feed() {
  const [everything, setEverything] = useState(false);
  const entries = feedOf(picture.value!, everything);
  const nameOf = (attempt: number) => byAttempt.value.get(attempt)?.name ?? "–";
  return (
    <section class="card wall-feed" aria-label={t("feed")}>
      <div class="wall-feed-head">
        <h2>{t("feed")}</h2>
        <div class="wall-chips" role="group" aria-label={t("chips")}>
          {[false, true].map((all) => (
            <button key={String(all)} type="button" class="wall-chip" aria-pressed={everything === all} onClick={() => setEverything(all)}>
              {t(all ? "feed.everything" : "feed.incidents")}
            </button>
          ))}
        </div>
      </div>
      {entries.length ? (
        <ol class="wall-entries">
          {entries.map((entry) =>
            entry.kind === "incident" ? (
              <IncidentLine
                key={`incident-${entry.incident.id}`}
                incident={entry.incident}
                who={nameOf(entry.incident.attempt)}
                onOpen={() => open(entry.incident.attempt)}
              />
            ) : (
              <SignalLine key={`${entry.signal.attempt}-${entry.signal.kind}-${entry.at}`} signal={entry.signal} who={nameOf(entry.signal.attempt)} />
            ),
          )}
        </ol>
      ) : (
        <p class="quiet">{t("feed.empty")}</p>
      )}
    </section>
  );
}

function SignalLine({ signal, who }: { signal: Signal; who: string }) {
  return (
    <li class="wall-incident wall-signal">
      <span class="wall-incident-head">
        <time class="quiet">{clockSeconds(signal.at)}</time>
        <button type="button" class="wall-who" onClick={() => open(signal.attempt)}>
          {who}
        </button>
      </span>
      <span>{named("signal", signal.kind)}</span>
    </li>
  );
}
