/** Asks for the words that go with a deed, sends it, and says plainly what came of it. */
import type { RefObject } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { flaw, mostMinutes, proofOf, reached, request } from "./deeds";
import type { Form, Target, Wish } from "./deeds";
import { Modal } from "./modal";
import { note, page, wish as asked } from "./store";
import { send } from "./wire";
import type { Outcome } from "./wire";
import { named, several, t } from "./words";

const usualMinutes = [5, 10, 15];
const namesShown = 5;

/** Whom it will reach, in words. */
export function addressees(wish: Wish): string {
  const target: Target = wish.target;
  if (target.kind === "room") return t("to.room");
  if (target.kind === "one") return `${target.row.name} (${target.row.number})`;
  const names = reached(wish.deed, target.rows).map((row) => row.name);
  const shown = names.slice(0, namesShown).join(", ") + (names.length > namesShown ? ", …" : "");
  return t("to.some", { n: names.length, names: shown });
}

function leftOut({ deed, target }: Wish): number {
  return target.kind === "some" ? target.rows.length - reached(deed, target.rows).length : 0;
}

/** The words for a request that was not done; `null` once it was. */
export function trouble(outcome: Outcome): string | null {
  if (outcome.kind === "done") return null;
  return outcome.kind === "unanswered" ? t("form.unanswered") : `${outcome.message} ${outcome.hint}`.trim();
}

export function Intervention({ wish }: { wish: Wish }) {
  const { deed, target } = wish;
  const [form, setForm] = useState<Form>({ text: "", minutes: usualMinutes[0]! });
  const [problem, setProblem] = useState<string | null>(null);
  const [sending, setSending] = useState(false);
  const [proof, setProof] = useState<string | null>(null);
  const words = useRef<HTMLTextAreaElement>(null);
  const close = () => (asked.value = null);
  const change = (part: Partial<Form>) => {
    setForm({ ...form, ...part });
    setProblem(null);
  };

  async function carryOut(): Promise<void> {
    setSending(true);
    const { path, body } = request(wish, form, page.sitting);
    const failed = trouble(await send(path, body, page.csrf));
    setSending(false);
    setProblem(failed);
    if (failed) return;
    close();
    note.value = { tone: "good", text: t(`done.${deed}`, { to: addressees(wish) }) };
  }

  function submit(event: Event): void {
    event.preventDefault();
    if (sending) return;
    const missing = flaw(deed, form);
    if (missing) {
      setProblem(t(`form.flaw.${missing}`, { most: mostMinutes }));
      if (missing === "text") words.current?.focus();
    } else if (deed === "end" && target.kind === "one" && proof === null) setProof("");
    else void carryOut();
  }

  const title = t(`title.${deed}`);
  return (
    <Modal title={title} onClose={close}>
      <form class="stack" onSubmit={submit} noValidate>
        <p><strong>{addressees(wish)}</strong></p>
        {leftOut(wish) > 0 && <p class="quiet">{t("to.left", { n: leftOut(wish) })}</p>}
        <p>{t(`effect.${deed}`)}</p>
        {proof === null ? (
          <>
            {deed === "extend" && <Minutes value={form.minutes} onChange={(minutes) => change({ minutes })} />}
            <Words deed={deed} value={form.text} place={words} onChange={(text) => change({ text })} onDone={submit} />
          </>
        ) : (
          target.kind === "one" && <Proof wish={wish} value={proof} onChange={setProof} />
        )}
        <p class="wall-problem" role="alert">
          {problem}
        </p>
        <div class="cluster">
          <button
            type="submit"
            class={`button ${deed === "end" ? "button-danger" : "button-primary"}`}
            disabled={sending || (proof !== null && target.kind === "one" && proof.trim() !== proofOf(target.row))}
          >
            {sending ? t("form.sending") : deed === "end" && proof === null ? t("form.next") : named("deed", deed)}
          </button>
          <button type="button" class="button" onClick={proof === null ? close : () => setProof(null)}>
            {t(proof === null ? "form.cancel" : "form.back")}
          </button>
        </div>
      </form>
    </Modal>
  );
}

function Minutes({ value, onChange }: { value: number; onChange: (minutes: number) => void }) {
  return (
    <fieldset class="wall-minutes">
      <legend>{t("form.minutes")}</legend>
      {usualMinutes.map((minutes) => (
        <button
          key={minutes}
          type="button"
          class="button button-small"
          aria-pressed={value === minutes}
          onClick={() => onChange(minutes)}
        >
          {minutes}
        </button>
      ))}
      <input
        type="number"
        min={1}
        max={mostMinutes}
        aria-label={t("form.minutes.other")}
        value={Number.isNaN(value) ? "" : value}
        onInput={(event) => onChange(event.currentTarget.valueAsNumber)}
      />
    </fieldset>
  );
}

interface WordsProps {
  deed: Wish["deed"];
  value: string;
  place: RefObject<HTMLTextAreaElement | null>;
  onChange: (text: string) => void;
  onDone: (event: Event) => void;
}

function Words({ deed, value, place, onChange, onDone }: WordsProps) {
  const isMessage = deed === "message";
  return (
    <>
      <div class="wall-usual" role="group" aria-label={t("form.chips")}>
        {several(`reason.${deed}`).map((text) => (
          <button key={text} type="button" class="wall-chip" onClick={() => (onChange(text), place.current?.focus())}>
            {text}
          </button>
        ))}
      </div>
      <label class="field">
        <span class="label">{t(isMessage ? "form.text" : "form.reason")}</span>
        <textarea
          ref={place}
          rows={isMessage ? 3 : 2}
          maxLength={500}
          autofocus
          value={value}
          onInput={(event) => onChange(event.currentTarget.value)}
          onKeyDown={(event) => {
            // A reason is one line: Enter sends it, as in a search field.
            if (event.key === "Enter" && !event.shiftKey && !event.isComposing) onDone(event);
          }}
        />
        {!isMessage && <span class="hint">{t("form.reason.hint")}</span>}
      </label>
    </>
  );
}

function Proof({ wish, value, onChange }: { wish: Wish; value: string; onChange: (text: string) => void }) {
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => field.current?.focus(), []);
  if (wish.target.kind !== "one") return null;
  const { number, name } = wish.target.row;
  return (
    <label class="field">
      <span class="label">{t("form.proof", { number, name })}</span>
      <input
        type="text"
        autocomplete="off"
        spellcheck={false}
        value={value}
        ref={field}
        onInput={(event) => onChange(event.currentTarget.value)}
      />
    </label>
  );
}
