import { describe, expect, it } from "vitest";
import { ServerClock, announcement, digits } from "./clock";

describe("the server's time", () => {
  it("is taken from the middle of the round trip and counted on the monotonic clock", () => {
    let ticks = 1000;
    const clock = new ServerClock(() => ticks, () => 0);
    clock.learn({ now: 500_000, sent: 900, received: 1000 });
    expect(clock.now()).toBe(500_050);
    ticks = 3000;
    expect(clock.now()).toBe(502_050);
  });

  it("does not follow the device's wall clock", () => {
    let wall = 0;
    const clock = new ServerClock(() => 0, () => wall);
    clock.learn({ now: 500_000, sent: 0, received: 0 });
    wall = 9_999_999;
    expect(clock.now()).toBe(500_000);
  });

  it("keeps the quicker sample, unless the slower one shows that the device has slept", () => {
    const clock = new ServerClock(() => 1000, () => 0);
    clock.learn({ now: 500_000, sent: 990, received: 1000 });
    clock.learn({ now: 500_100, sent: 600, received: 1000 });
    expect(clock.now()).toBe(500_005);
    clock.learn({ now: 600_000, sent: 600, received: 1000 });
    expect(clock.now()).toBe(600_200);
  });

  it("goes on from the kept drift after a restart without network, until a server is heard", () => {
    const clock = new ServerClock(() => 50, () => 100_000);
    clock.assume(7_000);
    expect(clock.now()).toBe(107_000);
    expect(clock.drift).toBe(7_000);
    clock.learn({ now: 300_000, sent: 50, received: 50 });
    clock.assume(7_000);
    expect(clock.now()).toBe(300_000);
  });
});

describe("the timer", () => {
  it.each([
    [600_001, 600_000, 10],
    [301_000, 299_000, 5],
    [60_500, 59_500, 1],
    [700_000, 50_000, 1],
    [599_000, 598_000, null],
    [1_000, 0, null],
  ])("announces once when the time left falls from %i to %i", (before, after, minutes) => {
    expect(announcement(before, after)).toBe(minutes);
  });

  it("does not announce when time is added", () => expect(announcement(500_000, 700_000)).toBeNull());

  it.each([
    [6_000_000, "1:40:00"],
    [3_599_000, "59:59"],
    [9_001, "0:10"],
    [0, "0:00"],
    [-5, "0:00"],
  ])("writes %i ms as %s", (left, text) => expect(digits(left)).toBe(text));
});
