/** One candidate on the wall. */
import type { Need } from "./attention";
import { Icon } from "./icons";
import { Alerts, LinkState, StateBadge, TimeLeft } from "./marks";
import { ask, current, opened, toggle } from "./store";
import type { Row } from "./wire";
import { t } from "./words";

interface Props {
  row: Row;
  of: number;
  need: Need | null;
  isCurrent: boolean;
  isSelected: boolean;
}

function open(row: Row): void {
  current.value = row.admission;
  opened.value = row.admission;
}

export function CandidateRow({ row, of, need, isCurrent, isSelected }: Props) {
  return (
    <tr
      role="row"
      class={`wall-row${isCurrent ? " is-current" : ""}`}
      data-admission={row.admission}
      data-need={need ?? undefined}
      data-state={row.state}
      aria-selected={isSelected}
      tabIndex={isCurrent ? 0 : -1}
      onFocus={() => (current.value = row.admission)}
      onClick={() => open(row)}
    >
      <td role="gridcell" class="wall-cell-select" onClick={(event) => event.stopPropagation()}>
        <input
          type="checkbox"
          tabIndex={-1}
          checked={isSelected}
          aria-label={t("grid.select", { name: row.name })}
          onChange={() => toggle(row.admission)}
        />
      </td>
      <td role="gridcell" class="wall-cell-seat" data-label={t("col.seat")}>
        {row.seat ?? "–"}
      </td>
      <th role="rowheader" scope="row" class="wall-cell-name">
        <span class="wall-name">
          {need && (
            <span class={`wall-need wall-need-${need}`} title={t(`need.${need}`)}>
              <Icon name={need === "serious" ? "serious" : "attention"} />
              <span class="visually-hidden">{t(`need.${need}`)}: </span>
            </span>
          )}
          {row.name}
        </span>
        <span class="quiet">{row.number}</span>
      </th>
      <td role="gridcell" class="wall-cell-state">
        <StateBadge row={row} />
      </td>
      <td role="gridcell" class="wall-cell-progress">
        <Progress row={row} of={of} />
      </td>
      <td role="gridcell" class="wall-cell-time">
        <TimeLeft row={row} />
      </td>
      <td role="gridcell" class="wall-cell-link">
        <LinkState row={row} />
      </td>
      <td role="gridcell" class="wall-cell-alerts">
        <Alerts row={row} />
      </td>
    </tr>
  );
}

function Progress({ row, of }: { row: Row; of: number }) {
  if (row.state === "absent" || row.state === "signed_in") return <span class="quiet">–</span>;
  const text = t("progress", { answered: row.answered, of });
  return (
    <>
      <span>{text}</span>
      <progress class="bar" max={of} value={row.answered} aria-label={text} />
      <span class="quiet wall-small">
        {[
          row.state !== "ended" && row.item !== null && t("progress.item", { item: row.item }),
          row.flagged > 0 && t("progress.flagged", { n: row.flagged }),
        ]
          .filter(Boolean)
          .join(" · ")}
      </span>
    </>
  );
}

/** Asks for the proctor's word under the row it belongs to, until it is given. */
export function DeviceRow({ row }: { row: Row }) {
  return (
    <tr role="row" class="wall-device">
      <td role="gridcell" colSpan={8}>
        <div class="wall-device-ask">
          <span>
            <Icon name="second_device" /> {t("device.waits")} <span class="visually-hidden">{row.name}</span>
          </span>
          <span class="wall-device-answer">
            <button type="button" class="button button-small button-primary" onClick={() => ask("consent", row, "")}>
              {t("device.admit")}
            </button>
            <button type="button" class="button button-small" onClick={() => ask("refuse", row, "")}>
              {t("device.refuse")}
            </button>
          </span>
        </div>
      </td>
    </tr>
  );
}
