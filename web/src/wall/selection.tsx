/** Deeds for several candidates at once: those selected or, with none, all who are in the room. */
import { bulkDeeds, reached } from "./deeds";
import type { BulkDeed } from "./deeds";
import { askMany, clearSelection, selectShown, selectedRows, wish } from "./store";
import { t } from "./words";

function press(deed: BulkDeed): void {
  const many = selectedRows.peek();
  if (many.length) askMany(deed, many, t("impossible.many", { deed: t(`deed.${deed}`) }));
  else wish.value = { deed, target: { kind: "room" } };
}

export function SelectionBar() {
  const many = selectedRows.value;
  return (
    <div class="wall-selection" data-some={many.length > 0} role="group" aria-label={t("selection.tools")}>
      <strong aria-live="polite">{many.length ? t("selection", { n: many.length }) : t("selection.none")}</strong>
      {bulkDeeds.map((deed) => (
        <button
          key={deed}
          type="button"
          class="button button-small"
          disabled={many.length > 0 && reached(deed, many).length === 0}
          onClick={() => press(deed)}
        >
          {t(`deed.${deed}`)}
        </button>
      ))}
      <button type="button" class="button button-small button-quiet wall-select-all" onClick={selectShown}>
        {t("selection.all")}
      </button>
      {many.length > 0 && (
        <button type="button" class="button button-small button-quiet" onClick={clearSelection}>
          {t("selection.clear")}
        </button>
      )}
    </div>
  );
}
