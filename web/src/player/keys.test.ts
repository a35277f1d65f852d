// @vitest-environment node
import { beforeAll, describe, expect, it } from "vitest";
import { actionOf } from "./keys";

/** As much of an element as the keys look at: which selectors it lies within. */
class Target {
  constructor(private readonly within: string[] = []) {}
  closest(selector: string): Target | null {
    return this.within.some((part) => selector.split(/,\s*/).includes(part)) ? this : null;
  }
}
const press = (key: string, within: string[] = [], more = {}) =>
  actionOf({ key, target: new Target(within), ...more } as unknown as KeyboardEvent);

beforeAll(() => {
  globalThis.Element = Target as unknown as typeof Element;
});

describe("the keys", () => {
  it.each([
    ["a", ["choose", 0]],
    ["E", ["choose", 4]],
    ["3", ["choose", 2]],
    ["Enter", ["next", 0]],
    ["ArrowRight", ["next", 0]],
    ["ArrowLeft", ["previous", 0]],
    ["f", ["flag", 0]],
    ["M", ["flag", 0]],
    ["g", ["grid", 0]],
    ["r", ["review", 0]],
    ["?", ["help", 0]],
    ["0", ["clear", 0]],
  ])("%s", (key, action) => expect(press(key)).toEqual(action));

  it("leave Enter to a button", () => expect(press("Enter", ["button"])).toBeNull());
  it("leave arrows to the options and the grid", () => {
    expect(press("ArrowRight", ["input"])).toBeNull();
    expect(press("ArrowRight", ["[data-arrows]"])).toBeNull();
  });
  it("move on from an option by Enter", () => expect(press("Enter", ["input"])).toEqual(["next", 0]));
  it("are silent in a dialog and in a text field", () => {
    expect(press("a", ["dialog"])).toBeNull();
    expect(press("a", ["input:not([type=radio])"])).toBeNull();
  });
  it("leave the browser's own combinations alone", () => expect(press("r", [], { ctrlKey: true })).toBeNull());
});
