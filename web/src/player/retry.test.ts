import { describe, expect, it } from "vitest";
import { Pause, retryDelay } from "./retry";

describe("waiting before a retry", () => {
  it("doubles up to half a minute", () =>
    expect([1, 2, 3, 6, 20].map((tries) => retryDelay(tries, 1))).toEqual([1000, 2000, 4000, 30_000, 30_000]));

  it("is spread over the upper half", () => expect(retryDelay(3, 0)).toBe(2000));

  it("begins no earlier than the server asks", () => expect(retryDelay(1, 0, 10)).toBe(10_500));

  it("can be cut short", async () => {
    const pause = new Pause();
    const waiting = pause.wait(60_000);
    pause.wake();
    await expect(waiting).resolves.toBeUndefined();
  });

  it("passes at once when woken beforehand, but only once", async () => {
    const pause = new Pause();
    pause.wake();
    await pause.wait(60_000);
    const began = performance.now();
    await pause.wait(20);
    expect(performance.now() - began).toBeGreaterThan(15);
  });
});
