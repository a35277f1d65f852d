/** The wall's words in the person's language. Both catalogues travel with the wall: they are small beside it. */
import en from "../catalogue/wall.en.json";
import id from "../catalogue/wall.id.json";

export type Key = keyof typeof en;

let words: Record<string, string> = en;
let spoken = "en";

export function speak(code: string): void {
  spoken = code === "id" ? "id" : "en";
  words = spoken === "id" ? id : en;
}

const fill = (text: string, values: Record<string, string | number>) =>
  text.replace(/\{(\w+)\}/g, (_, name: string) => String(values[name] ?? ""));

/** The text for a key, its `{names}` filled in. `key.one` serves for `n` = 1. */
export function t(key: Key, values: Record<string, string | number> = {}): string {
  const one = values["n"] === 1 ? words[`${key}.one`] : undefined;
  return fill(one ?? words[key] ?? key, values);
}

/** The word for a name the server chose, such as a rule; one not in the catalogue is shown as it came. */
export const named = (group: string, name: string): string => words[`${group}.${name}`] ?? name.replaceAll("_", " ");

/** Texts numbered from 1 under a key, such as the usual reasons for a deed. */
export function several(group: string): string[] {
  const texts: string[] = [];
  for (let n = 1; words[`${group}.${n}`]; n += 1) texts.push(words[`${group}.${n}`]!);
  return texts;
}

const style: Intl.DateTimeFormatOptions = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" };

/** A server time as a clock on the wall shows it. */
export const clockTime = (at: number): string => new Intl.DateTimeFormat(spoken, style).format(at);
export const clockSeconds = (at: number): string =>
  new Intl.DateTimeFormat(spoken, { ...style, second: "2-digit" }).format(at);
