/** The candidates, row by row. */
import { Fragment } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import type { Order } from "./attention";
import { CandidateRow, DeviceRow } from "./row";
import { currentRow, list, look, needs, picture, rows, selected, view } from "./store";
import { t } from "./words";
import type { Key } from "./words";

const columns: [key: Key, order: Order | null][] = [
  ["col.seat", "seat"],
  ["col.name", "name"],
  ["col.state", "state"],
  ["col.progress", null],
  ["col.time", "time"],
  ["col.link", null],
  ["col.alerts", "attention"],
];

function Heading({ name, order }: { name: Key; order: Order | null }) {
  const sorted = order !== null && view.value.order === order;
  return (
    <th role="columnheader" scope="col" aria-sort={sorted ? (order === "attention" ? "descending" : "ascending") : undefined}>
      {order === null ? (
        t(name)
      ) : (
        <button type="button" class="wall-heading" onClick={() => look({ order })}>
          {t(name)}
          <span aria-hidden="true">{sorted ? (order === "attention" ? " ▾" : " ▴") : ""}</span>
        </button>
      )}
    </th>
  );
}

/** A row that changes its place is taken out and put in again, and so loses the focus: give it back. */
function useKeptFocus() {
  const body = useRef<HTMLTableSectionElement>(null);
  const active = document.activeElement as HTMLElement | null;
  const held = active && body.current?.contains(active) ? active : null;
  useLayoutEffect(() => {
    if (held?.isConnected && document.activeElement !== held) held.focus({ preventScroll: true });
  });
  return body;
}

export function Grid() {
  const body = useKeptFocus();
  if (!rows.value.size) return <Nobody />;
  if (!list.value.length) return <NoMatch />;
  const of = picture.value!.sitting.items;
  return (
    <div class="table-wrap wall-table">
      <table class="table" role="grid" aria-label={t("grid")} aria-multiselectable="true">
        <thead role="rowgroup">
          <tr role="row">
            <td role="gridcell" />
            {columns.map(([name, order]) => (
              <Heading key={name} name={name} order={order} />
            ))}
          </tr>
        </thead>
        <tbody role="rowgroup" ref={body}>
          {list.value.map((row) => (
            <Fragment key={row.admission}>
              <CandidateRow
                row={row}
                of={of}
                need={needs(row)[0] ?? null}
                isCurrent={currentRow.value?.admission === row.admission}
                isSelected={selected.value.has(row.admission)}
              />
              {needs(row)[0] === "device" && <DeviceRow row={row} />}
            </Fragment>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Nobody() {
  return (
    <div class="empty">
      <p>{t("empty")}</p>
      <p class="quiet">{t("empty.hint")}</p>
    </div>
  );
}

function NoMatch() {
  return (
    <div class="empty">
      <p>{t("empty.filter")}</p>
      <button type="button" class="button" onClick={() => look({ text: "", chip: "all" })}>
        {t("empty.filter.clear")}
      </button>
    </div>
  );
}
