/** The small marks that tell how a candidate is doing; used in the rows and in the panel. */
import { age } from "./banner";
import { digits, haste, short } from "./format";
import { Icon } from "./icons";
import { linkOf, timeLeft } from "./state";
import { now } from "./store";
import { alertKinds } from "./wire";
import type { Row } from "./wire";
import { t } from "./words";

const tones: Record<Row["state"], string> = {
  absent: "",
  signed_in: "badge-info",
  running: "badge-good",
  paused: "badge-warn",
  ended: "",
};

export function StateBadge({ row }: { row: Row }) {
  return (
    <>
      <span class={`badge ${tones[row.state]}`}>{t(`state.${row.state}`)}</span>
      {row.ended_by && <span class="quiet wall-small">{t(`ended.${row.ended_by}`)}</span>}
    </>
  );
}

export function TimeLeft({ row }: { row: Row }) {
  const left = timeLeft(row, now.value);
  if (left === null) return <span class="quiet">–</span>;
  return (
    <span class="wall-time" data-haste={haste(left)}>
      {row.state === "paused" && <span aria-hidden="true">❙❙ </span>}
      {digits(left)}
    </span>
  );
}

export function LinkState({ row }: { row: Row }) {
  const link = linkOf(row);
  if (row.state === "absent" && link === "never") return <span class="quiet">–</span>;
  return (
    <span class={`wall-link wall-link-${link}`}>
      <span class="wall-link-word">
        <Icon name={link} /> {t(`link.${link}`)}
      </span>
      {row.last_signal !== null && link !== "done" && <span class="quiet wall-small">{age(row.last_signal, now.value)}</span>}
    </span>
  );
}

export function Alerts({ row }: { row: Row }) {
  const raised = alertKinds.filter((kind) => row.alerts[kind]);
  return (
    <span class="wall-alerts">
      {row.open_incidents > 0 && <span class="badge badge-bad">{t("incidents.open", { n: row.open_incidents })}</span>}
      {raised.map((kind) => (
        <span key={kind} class="wall-alert" title={t(`alert.${kind}`)}>
          <Icon name={kind} />
          <span class="visually-hidden">{t(`alert.${kind}`)} </span>
          {short(row.alerts[kind]!)}
        </span>
      ))}
    </span>
  );
}
