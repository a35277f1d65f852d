import { readFileSync, readdirSync } from "node:fs";
import { describe, expect, it } from "vitest";
import en from "../catalogue/player.en.json";
import id from "../catalogue/player.id.json";

const here = new URL(".", import.meta.url);
const source = (name: string) => readFileSync(new URL(name, here), "utf8");
const flat = (catalogue: typeof en): Record<string, string> => ({ ...catalogue.first, ...catalogue.later });
const places = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).sort();
/** Words in quotes, but for those a state is compared with. */
const quoted = (text: string) => [...text.matchAll(/(?<!=== )"([a-z][a-z.-]*)"/g)].map(([, word]) => word!);

/** What is loaded before the first question, as far as it speaks. */
const early = ["frame", "enter", "before", "question", "screen"].map((name) => `screens/${name}.ts`);

describe("the catalogues", () => {
  it.each(["first", "later"] as const)("have the same keys in both languages: %s", (part) =>
    expect(Object.keys(id[part])).toEqual(Object.keys(en[part])),
  );

  it("fill the same places", () => {
    for (const [key, text] of Object.entries(flat(en))) expect([key, places(flat(id)[key]!)]).toEqual([key, places(text)]);
  });

  it("leave no text empty", () => expect([...Object.values(flat(en)), ...Object.values(flat(id))]).not.toContain(""));

  it("hold in their first part all that is said before the first question", () => {
    const later = new Set(Object.keys(en.later));
    for (const name of early) expect([name, quoted(source(name)).filter((word) => later.has(word))]).toEqual([name, []]);
  });

  it("hold nothing that is never said", () => {
    const files = ["main.ts", ...readdirSync(new URL("screens", here)).map((name) => `screens/${name}`)];
    const all = files.map(source).join("\n");
    const composed = /^(save|look|grid|ended|review\.(empty|flagged))\.|\.one$/;
    const unsaid = Object.keys(flat(en)).filter((key) => !composed.test(key) && !all.includes(`"${key}"`));
    expect(unsaid).toEqual([]);
  });
});
