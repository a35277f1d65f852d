import { afterEach, describe, expect, it, vi } from "vitest";
import { flaw, pauseOrResume, possible, reached, request } from "./deeds";
import { keyReader } from "./keys";
import { row } from "./samples";
import { send } from "./wire";

describe("deeds", () => {
  it("are possible only where they make sense", () => {
    expect(possible("pause", row())).toBe(true);
    expect(possible("resume", row())).toBe(false);
    expect(possible("extend", row({ state: "signed_in" }))).toBe(false);
    expect(possible("consent", row())).toBe(false);
    expect(possible("consent", row({ waiting_device: 2 }))).toBe(true);
    expect(possible("message", row({ state: "ended" }))).toBe(false);
    expect(possible("message", row({ attempt: null, state: "absent" }))).toBe(false);
  });

  it("need words, and minutes within bounds", () => {
    expect(flaw("pause", { text: "  ", minutes: 5 })).toBe("text");
    expect(flaw("extend", { text: "x", minutes: 0 })).toBe("minutes");
    expect(flaw("extend", { text: "x", minutes: 2.5 })).toBe("minutes");
    expect(flaw("extend", { text: "x", minutes: NaN })).toBe("minutes");
    expect(flaw("extend", { text: "x", minutes: 240 })).toBeNull();
  });

  it("ask the server for one, for some and for the room", () => {
    const form = { text: " listrik padam ", minutes: 5 };
    expect(request({ deed: "extend", target: { kind: "one", row: row() } }, form, 7)).toEqual({
      path: "attempts/11/extend",
      body: { reason: "listrik padam", minutes: 5 },
    });
    expect(request({ deed: "consent", target: { kind: "one", row: row({ waiting_device: 2 }) } }, form, 7).body).toEqual({
      reason: "listrik padam",
      lane: 2,
    });
    const some = [row(), row({ admission: 2, attempt: 12, state: "paused" })];
    expect(request({ deed: "pause", target: { kind: "some", rows: some } }, form, 7)).toEqual({
      path: "sittings/7/pause",
      body: { reason: "listrik padam", attempts: [11] },
    });
    expect(request({ deed: "message", target: { kind: "room" } }, form, 7)).toEqual({
      path: "sittings/7/message",
      body: { text: "listrik padam" },
    });
    expect(reached("pause", some)).toHaveLength(1);
    expect(pauseOrResume(some)).toBe("pause");
    expect(pauseOrResume([some[1]!])).toBe("resume");
  });
});

describe("sending", () => {
  afterEach(() => vi.unstubAllGlobals());

  it("tells done, refused in the server's words, and unanswered apart", async () => {
    const reply = (status: number, body: string) => vi.stubGlobal("fetch", async () => new Response(body, { status }));
    reply(200, '{"ok":true}');
    expect(await send("x", {}, "t")).toEqual({ kind: "done" });
    reply(409, '{"error":{"code":"c","message":"Sudah selesai.","hint":"Muat ulang."}}');
    expect(await send("x", {}, "t")).toEqual({ kind: "refused", message: "Sudah selesai.", hint: "Muat ulang." });
    reply(502, "<html>");
    expect(await send("x", {}, "t")).toEqual({ kind: "refused", message: "HTTP 502", hint: "" });
    vi.stubGlobal("fetch", async () => Promise.reject(new TypeError("network")));
    expect(await send("x", {}, "t")).toEqual({ kind: "unanswered" });
  });
});

describe("keys", () => {
  const press = (key: string, where: "row" | "text" | "free" | "modal" | "control" = "row", at = 0, modified = false) => ({ key, where, at, modified });

  it("act on rows, not on text", () => {
    const read = keyReader();
    expect(read(press("j"))).toBe("down");
    expect(read(press("p"))).toBe("pause");
    expect(read(press("p", "text"))).toBeNull();
    expect(read(press("Escape", "text"))).toBe("close");
    expect(read(press("Enter", "control"))).toBeNull();
    expect(read(press("e", "modal"))).toBeNull();
    expect(read(press("p", "row", 0, true))).toBeNull();
  });

  it("leave the letter after g to the pages", () => {
    const read = keyReader();
    expect(read(press("g", "free", 0))).toBeNull();
    expect(read(press("p", "free", 500))).toBeNull();
    expect(read(press("p", "free", 5000))).toBe("pause");
  });
});
