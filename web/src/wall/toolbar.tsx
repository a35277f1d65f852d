/** Which sitting this is, and which of its candidates are shown in which order. */
import { Clock } from "./banner";
import { chips, orders } from "./attention";
import type { Order } from "./attention";
import { Icon } from "./icons";
import { helping, look, tally, view } from "./store";
import type { Sitting } from "./wire";
import { clockTime, t } from "./words";

export function Facts({ sitting }: { sitting: Sitting }) {
  const { site, room, opens_at, closes_at } = sitting;
  return (
    <div class="wall-facts">
      <div>
        <h1>{sitting.exam}</h1>
        <span class="quiet">
          {t("facts", { site, room })} · {t("facts.window", { from: clockTime(opens_at), to: clockTime(closes_at) })}
        </span>
      </div>
      <Clock />
    </div>
  );
}

export function Toolbar() {
  return (
    <div class="wall-tools">
      <div class="wall-search">
        <input
          type="search"
          aria-label={t("search")}
          placeholder={t("search")}
          value={view.value.text}
          onInput={(event) => look({ text: event.currentTarget.value })}
        />
        <label class="wall-sort">
          <span>{t("sort")}</span>
          <select value={view.value.order} onChange={(event) => look({ order: event.currentTarget.value as Order })}>
            {orders.map((order) => (
              <option key={order} value={order}>
                {t(`sort.${order}`)}
              </option>
            ))}
          </select>
        </label>
        <button class="button" type="button" aria-label={t("help.open")} title={t("help.open")} onClick={() => (helping.value = true)}>
          <Icon name="keyboard" />
        </button>
      </div>
      <div class="wall-chips" role="group" aria-label={t("chips")}>
        {chips.map((chip) => (
          <button
            key={chip}
            type="button"
            class={`wall-chip wall-chip-${chip}`}
            aria-pressed={view.value.chip === chip}
            data-some={tally.value[chip] > 0}
            onClick={() => look({ chip })}
          >
            {t(`chip.${chip}`)} <b>{tally.value[chip]}</b>
          </button>
        ))}
      </div>
    </div>
  );
}
