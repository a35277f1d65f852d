// @vitest-environment happy-dom
import { readFileSync, readdirSync } from "node:fs";
import { render } from "preact";
import { act } from "preact/test-utils";
import { beforeEach, describe, expect, it, vi } from "vitest";
import en from "../catalogue/wall.en.json";
import id from "../catalogue/wall.id.json";
import { spokenOf } from "./announcer";
import { delta, incident, row, snapshot } from "./samples";
import { Screen } from "./screen";
import { ask, current, listener, note, opened, page, wish } from "./store";

const place = document.createElement("div");
const click = (text: string) => {
  const found = [...(document.querySelector("dialog") ?? document).querySelectorAll("button")].find((button) => button.textContent?.trim() === text);
  if (!found) throw new Error(`no button “${text}”`);
  return act(() => found.click());
};

beforeEach(async () => {
  document.body.replaceChildren(place);
  page.sitting = 1;
  opened.value = current.value = wish.value = note.value = null;
  await act(() => {
    render(null, place);
    render(<Screen />, place);
    listener.snapshot(snapshot({ incidents: [incident()] }));
  });
});

describe("the wall", () => {
  it("shows who sits there and what happened", () => {
    expect(place.textContent).toContain("Peserta Contoh 001");
    expect(place.textContent).toContain("Left the exam window");
  });

  it("opens a candidate's panel, and follows what the server tells", async () => {
    await act(() => void (opened.value = 1));
    expect(place.querySelector(".wall-panel")!.textContent).toContain("2 of 10");
    await act(() => listener.delta(delta({ rows: [row({ answered: 9, waiting_device: 2 })] })));
    expect(place.querySelector(".wall-panel")!.textContent).toContain("9 of 10");
    expect(place.querySelector(".wall-panel")!.textContent).toContain("Another device wants to go on");
  });

  it("sends nothing without a reason, and says what came of it", async () => {
    const fetched = vi.fn(async (_path: string, _init: RequestInit) => new Response('{"ok":true}'));
    vi.stubGlobal("fetch", fetched);
    await act(() => ask("pause", row(), ""));
    await click("Pause");
    expect(fetched).not.toHaveBeenCalled();
    expect(place.textContent).toContain("Please write something first.");
    await click("Technical trouble");
    await click("Pause");
    expect(fetched).toHaveBeenCalledOnce();
    expect(fetched.mock.calls[0]![0]).toBe("/proctor/api/attempts/11/pause");
    await vi.waitFor(() => expect(wish.value).toBeNull());
    expect(note.value?.text).toContain("Paused");
    vi.unstubAllGlobals();
  });

  it("asks for the end of the number before it ends an exam", async () => {
    const fetched = vi.fn(async () => new Response('{"ok":true}'));
    vi.stubGlobal("fetch", fetched);
    await act(() => ask("end", row(), ""));
    await click("Candidate gave up");
    await click("Go on");
    expect(fetched).not.toHaveBeenCalled();
    const end = [...place.querySelectorAll("button")].find((button) => button.textContent === "End exam")!;
    expect(end.disabled).toBe(true);
    const field = place.querySelector<HTMLInputElement>("dialog input")!;
    await act(() => {
      field.value = "0001";
      field.dispatchEvent(new Event("input", { bubbles: true }));
    });
    await act(() => end.click());
    await vi.waitFor(() => expect(fetched).toHaveBeenCalledOnce());
    vi.unstubAllGlobals();
  });
});

describe("what is read out", () => {
  it("is short and leaves out the calm", () => {
    const many = [1, 2, 3, 4, 5].map((number) => incident({ id: number, attempt: number }));
    expect(spokenOf(many, (attempt) => `N${attempt}`)).toMatch(/^N1: .*N3: .*and 2 more$/);
    expect(spokenOf([incident({ severity: "info" })], () => "")).toBe("");
  });
});

describe("the words", () => {
  it("are there in both languages", () => {
    expect(Object.keys(id).sort()).toEqual(Object.keys(en).filter((key) => !key.endsWith(".one") || key in id).sort());
    for (const [key, text] of Object.entries(id)) {
      const places = (of: string) => (of.match(/\{\w+\}/g) ?? []).sort();
      expect(places(text), key).toEqual(places(en[key as keyof typeof en]));
    }
  });

  it("has every incident rule of the server", () => {
    const rules = readFileSync("../proctoring/rules.py", "utf8").matchAll(/Rule\("(\w+)"/g);
    for (const [, rule] of rules) expect(en).toHaveProperty([`rule.${rule}`]);
  });

  it("has no key that nobody says", () => {
    const source = readdirSync("src/wall").filter((name) => /\.tsx?$/.test(name)).map((name) => readFileSync(`src/wall/${name}`, "utf8")).join();
    const families = /^(rule|signal|reason|severity|state|ended|link|age|alert|need|chip|sort|deed|title|effect|done|key)\.|^form\.flaw\./;
    const unused = Object.keys(en).filter((key) => !families.test(key) && !source.includes(`"${key.replace(/\.one$/, "")}"`));
    expect(unused).toEqual([]);
  });
});
