import type en from "../catalogue/player.en.json";

type Catalogue = typeof en;
export type Key = keyof Catalogue["first"] | keyof Catalogue["later"];
type Words = Record<Key, string>;

let words = {} as Words;
let spoken = "";

/** The text for a key in the language spoken, with its `{names}` filled in. `key.one` serves for `n` = 1. */
export function t(key: Key, values: Record<string, string | number> = {}): string {
  const one = `${key}.one` as Key;
  const text = values["n"] === 1 && one in words ? words[one] : words[key];
  return text.replace(/\{(\w+)\}/g, (_, name: string) => String(values[name] ?? ""));
}

export const language = (): string => spoken;

/** Speak `code` from now on. The page brings the first words of its own language; all others are loaded. */
export async function speak(code: string): Promise<void> {
  const brought = document.getElementById("catalogue");
  if (code === brought?.lang && !spoken) words = JSON.parse(brought.textContent!) as Words;
  else words = await all(code);
  spoken = code;
}

/** Learn the words that are needed after the first question, too. */
export async function speakAll(): Promise<void> {
  words = await all(spoken);
}

async function all(code: string): Promise<Words> {
  const part = code === "id" ? import("../catalogue/player.id.json") : import("../catalogue/player.en.json");
  const { first, later } = ((await part) as { default: Catalogue }).default;
  return { ...first, ...later };
}

/** A server time as the clock on the wall shows it. */
export const clockTime = (at: number): string =>
  new Intl.DateTimeFormat(spoken, { hour: "2-digit", minute: "2-digit" }).format(at);
