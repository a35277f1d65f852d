/** One incident, and the way to mark it as seen. */
import { useState } from "preact/hooks";
import { trouble } from "./intervention";
import { Icon } from "./icons";
import { note, page } from "./store";
import { send } from "./wire";
import type { Incident } from "./wire";
import { clockSeconds, named, t } from "./words";

async function markSeen(incident: Incident, remark: string): Promise<boolean> {
  const failed = trouble(await send(`incidents/${incident.id}/seen`, { note: remark.trim() || null }, page.csrf));
  note.value = failed ? { tone: "bad", text: failed } : { tone: "good", text: t("done.seen") };
  return failed === null;
}

/** `who` is left out where only one candidate is spoken of; there a note can be added. */
export function IncidentLine({ incident, who, onOpen }: { incident: Incident; who?: string; onOpen?: () => void }) {
  const [remark, setRemark] = useState("");
  const [sending, setSending] = useState(false);
  const see = async () => {
    setSending(true);
    await markSeen(incident, remark);
    setSending(false);
  };
  return (
    <li class="wall-incident" data-severity={incident.severity} data-state={incident.state}>
      <span class="wall-incident-head">
        <Icon name={incident.severity} />
        <span class="visually-hidden">{t(`severity.${incident.severity}`)} </span>
        <time class="quiet">{clockSeconds(incident.at)}</time>
        {who !== undefined && (
          <button type="button" class="wall-who" onClick={onOpen}>
            {who}
          </button>
        )}
      </span>
      <span>
        {named("rule", incident.rule)}
        {incident.count > 1 && <span class="quiet"> · {t("feed.times", { n: incident.count })}</span>}
      </span>
      {incident.state === "seen" ? (
        <span class="quiet wall-small">
          {t("feed.seen")}
          {incident.note && `: ${incident.note}`}
        </span>
      ) : (
        <span class="wall-see">
          {who === undefined && (
            <input
              type="text"
              maxLength={500}
              aria-label={t("panel.note")}
              placeholder={t("panel.note")}
              value={remark}
              onInput={(event) => setRemark(event.currentTarget.value)}
            />
          )}
          <button type="button" class="button button-small" disabled={sending} onClick={() => void see()}>
            {t("panel.seen")}
          </button>
        </span>
      )}
    </li>
  );
}
