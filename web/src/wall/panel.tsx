/** Everything about one candidate, and all that can be done. */
import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { possible } from "./deeds";
import type { Deed } from "./deeds";
import { IncidentLine } from "./incident";
import { closePanel } from "./keyboard";
import { Alerts, LinkState, StateBadge, TimeLeft } from "./marks";
import { ask, picture } from "./store";
import type { Row } from "./wire";
import { clockTime, t } from "./words";

const offered: Deed[] = ["message", "pause", "resume", "extend", "end"];

export function Panel({ row }: { row: Row }) {
  const head = useRef<HTMLHeadingElement>(null);
  useEffect(() => head.current?.focus({ preventScroll: false }), [row.admission]);
  const incidents = picture.value!.incidents.filter(({ attempt }) => attempt === row.attempt);
  return (
    <section class="card wall-panel" aria-label={row.name}>
      <div class="wall-panel-head">
        <h2 ref={head} tabIndex={-1}>
          {row.name}
        </h2>
        <button type="button" class="button button-small" onClick={closePanel}>
          {t("panel.close")}
        </button>
      </div>
      {row.waiting_device !== null && row.state !== "ended" && <Waiting row={row} />}
      <Facts row={row} />
      <div class="wall-deeds">
        {offered
          .filter((deed) => possible(deed, row))
          .map((deed) => (
            <button
              key={deed}
              type="button"
              class={`button button-small${deed === "end" ? " button-danger" : ""}`}
              onClick={() => ask(deed, row, "")}
            >
              {t(`deed.${deed}`)}
            </button>
          ))}
      </div>
      <h3>{t("panel.incidents")}</h3>
      {incidents.length ? (
        <ol class="wall-entries">
          {incidents.map((incident) => (
            <IncidentLine key={incident.id} incident={incident} />
          ))}
        </ol>
      ) : (
        <p class="quiet">{t("panel.calm")}</p>
      )}
    </section>
  );
}

function Waiting({ row }: { row: Row }) {
  return (
    <div class="notice notice-warn wall-waiting">
      <p>{t("device.waits")}</p>
      <div class="wall-deeds">
        <button type="button" class="button button-small button-primary" onClick={() => ask("consent", row, "")}>
          {t("device.admit")}
        </button>
        <button type="button" class="button button-small" onClick={() => ask("refuse", row, "")}>
          {t("device.refuse")}
        </button>
      </div>
    </div>
  );
}

function Facts({ row }: { row: Row }) {
  const of = picture.value!.sitting.items;
  const began = row.state !== "absent" && row.state !== "signed_in";
  return (
    <dl class="facts">
      <Fact name={t("panel.number")}>{row.number}</Fact>
      {row.seat !== null && <Fact name={t("panel.seat")}>{row.seat}</Fact>}
      <Fact name={t("panel.state")}>
        <StateBadge row={row} />
      </Fact>
      {began && (
        <>
          <Fact name={t("panel.time")}>
            <TimeLeft row={row} />
          </Fact>
          {row.deadline !== null && row.state === "running" && <Fact name={t("panel.deadline")}>{clockTime(row.deadline)}</Fact>}
          {row.item !== null && row.state !== "ended" && <Fact name={t("panel.item")}>{row.item}</Fact>}
          <Fact name={t("panel.answered")}>{t("progress", { answered: row.answered, of })}</Fact>
          <Fact name={t("panel.flagged")}>{row.flagged}</Fact>
        </>
      )}
      <Fact name={t("panel.link")}>
        <LinkState row={row} />
      </Fact>
      {Object.values(row.alerts).some(Boolean) && (
        <Fact name={t("panel.alerts")}>
          <Alerts row={row} />
        </Fact>
      )}
    </dl>
  );
}

function Fact({ name, children }: { name: string; children: ComponentChildren }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
