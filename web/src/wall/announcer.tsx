/** Tells screen readers of what is new and grave: politely, a few at a time, each incident once. */
import { useEffect, useRef, useState } from "preact/hooks";
import { byAttempt, picture } from "./store";
import type { Incident } from "./wire";
import { named, t } from "./words";

const most = 3;

/** What is said of fresh incidents; the calm ones are left to the feed. */
export function spokenOf(fresh: readonly Incident[], nameOf: (attempt: number) => string): string {
  const grave = fresh.filter(({ state, severity }) => state === "open" && severity !== "info");
  const told = grave.slice(0, most).map(({ attempt, rule }) => t("announce", { name: nameOf(attempt), what: named("rule", rule) }));
  if (grave.length > most) told.push(t("announce.more", { n: grave.length - most }));
  return told.join("; ");
}

export function Announcer() {
  const told = useRef<Set<number> | null>(null);
  const [text, say] = useState("");
  const incidents = picture.value?.incidents;
  useEffect(() => {
    if (!incidents) return;
    // What was there when the page was opened is read in the feed, not read out.
    const before = told.current;
    told.current = new Set(incidents.map(({ id }) => id));
    const fresh = before ? incidents.filter(({ id }) => !before.has(id)) : [];
    const words = spokenOf(fresh, (attempt) => byAttempt.peek().get(attempt)?.name ?? "");
    if (words) say(words);
  }, [incidents]);
  return (
    <p class="visually-hidden" aria-live="polite">
      {text}
    </p>
  );
}
