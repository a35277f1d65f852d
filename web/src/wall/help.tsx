/** The keys of the wall, in a dialog. */
import { Modal } from "./modal";
import { keyList } from "./keys";
import { helping } from "./store";
import { t } from "./words";

export function Help() {
  const close = () => (helping.value = false);
  return (
    <Modal title={t("help")} onClose={close}>
      <dl class="keys">
        {keyList.map(([keys, action]) => (
          <div key={action} class="wall-key">
            <dt>
              {keys.map((key) => (
                <kbd key={key}>{key}</kbd>
              ))}
            </dt>
            <dd>{t(`key.${action}`)}</dd>
          </div>
        ))}
      </dl>
      <p class="quiet">{t("help.hint")}</p>
      <div class="cluster">
        <button type="button" class="button button-primary" onClick={close}>
          {t("panel.close")}
        </button>
      </div>
    </Modal>
  );
}
