import type { ServerClock } from "./clock";
import { type Look, keepLook, readLook, resetLook, wear } from "./look";
import { Outbox, saveState } from "./outbox";
import { Paper } from "./paper";
import type { Signal } from "./presence";
import type { Listen } from "./socket";
import { type Action, type State, type Step, answerOf, ended, initial, reduce, view } from "./state";
import type { Store } from "./store";
import { Sync } from "./sync";
import type { Tab } from "./tab";
import { type Attempt, type Draft, type EventKind, type Slice, type Status, type Wire, WireError } from "./wire";

const quiet = 20_000;
const quietWithSocket = 60_000;
/** While the page can do nothing but wait for the server, it asks more often. */
const eager = 5_000;

export interface Parts {
  wire: Wire;
  store: Store | null;
  clock: ServerClock;
  tab: Tab;
  /** Whether the page was given out to a device that is signed in. */
  signedIn: boolean;
}

/** What the candidate can do, and what follows from it. Holds the one state; screens only read it. */
export class Player {
  state: State;
  private readonly outbox: Outbox;
  private readonly sync: Sync;
  private readonly paper: Paper;
  look: Look = readLook();
  private readonly watchers: ((now: State, before: State) => void)[] = [];
  private deviceName = "";
  private listen: Listen | null = null;
  private hangUp: (() => void) | null = null;
  private linked = false;
  private finishing = false;
  private strayed = false;

  constructor(private readonly parts: Parts) {
    const { wire, store, clock } = parts;
    this.state = { ...initial, durable: store !== null, now: clock.now() };
    this.outbox = new Outbox(store);
    this.sync = new Sync(wire, this.outbox, {
      heard: () => this.state.commands.at(-1)?.seq ?? 0,
      silence: () => this.silence(),
      receipt: (receipt) => this.hear(receipt),
      welcome: () => !/waiting|refused|admitted/.test(this.state.status),
      locked: () => this.lock(),
      changed: () => this.word(),
    });
    this.paper = new Paper(wire, store, {
      slice: (slice) => this.lay(slice),
      trouble: () => this.dispatch({ type: "set", values: { paperTrouble: true } }),
    });
  }

  watch(watcher: (now: State, before: State) => void): void {
    this.watchers.push(watcher);
  }

  dispatch(action: Action): void {
    const before = this.state;
    this.state = reduce(before, action);
    if (this.state !== before) for (const watcher of this.watchers) watcher(this.state, before);
  }

  /** Find out where this device stands: signed in, in mid-exam without network, or nowhere. */
  async boot(): Promise<void> {
    const { wire, store, clock, signedIn } = this.parts;
    this.wear();
    const session = await store?.latest();
    if (session) {
      clock.assume(session.drift);
      this.dispatch({ type: "set", values: { acknowledged: session.acknowledged } });
    }
    if (!session && !signedIn) return this.askSignIn();
    try {
      await this.adopt(await wire.attempt());
    } catch (error) {
      if (!(error instanceof WireError)) throw error;
      if (!session || session.attempt.state === "submitted") return this.askSignIn();
      const lost = error.status === 401;
      if (lost && session.attempt.state === "admitted") return this.askSignIn();
      const work = await store?.work(session.attempt.attempt);
      await this.adopt({ ...session.attempt, ...work, now: clock.now() }, !lost);
      if (lost) this.lock();
    }
    if (this.state.status === "running") void this.record("presence", undefined, "reloaded");
  }

  /** Sign in, or show the PIN again for the attempt under way; rejects with the server's reason. */
  async signIn(registration: string, pin: string): Promise<void> {
    await this.adopt(await this.parts.wire.signIn(registration, pin, await this.device()));
  }

  /** Leave: the wrong person, or all is done. */
  async leave(): Promise<void> {
    this.rest();
    await this.parts.wire.signOut().catch(() => undefined);
    this.dress(resetLook());
    await this.askSignIn();
  }

  /** Begin the exam; rejects with the server's reason, such as that it is not open yet. */
  async start(): Promise<void> {
    await this.adopt(await this.parts.wire.start());
  }

  /** Hear the server's pushes by this means from now on. */
  connect(listen: Listen | null): void {
    this.listen = listen;
    if (!this.state.attempt || !listen) return;
    this.hangUp ??= listen(
      (status) => this.pushed(status),
      (up) => void (this.linked = up),
    );
  }

  /** How the link to the server is: the round trip in milliseconds, and whether the wall clock is off; or no link. */
  async probe(): Promise<{ trip: number; off: boolean } | null> {
    const sent = performance.now();
    const reply = await this.parts.wire.time().catch(() => null);
    const trip = Math.round(performance.now() - sent);
    this.tick();
    return reply && { trip, off: Math.abs(this.parts.clock.drift) > 30_000 };
  }

  /** Change how the page looks. */
  dress(change: Partial<Look>): void {
    this.look = { ...this.look, ...change };
    keepLook(this.look);
    this.wear();
  }

  async steal(): Promise<void> {
    this.dispatch({ type: "set", values: { gate: "loading" } });
    await this.parts.tab.steal();
    await this.boot();
  }

  /** The other tab was closed: this one has its turn. */
  takeTurn(): void {
    if (this.state.gate === "elsewhere") void this.boot();
  }

  /** Another tab has taken over: write nothing more here. */
  yieldTab(): void {
    this.rest();
    this.dispatch({ type: "set", values: { gate: "elsewhere" } });
  }

  show(at: number): void {
    const item = this.state.items[at];
    this.dispatch({ type: "show", at });
    if (item) void this.record("navigated", item.ref);
  }

  go = (step: Step): void => this.dispatch({ type: "go", step });
  answer = (value: string | null): void => this.mark("answered", value);
  flag = (on: boolean): void => this.mark("flagged", on);

  async handIn(): Promise<void> {
    await this.record("submitted");
  }

  acknowledge(seq: number): void {
    this.dispatch({ type: "set", values: { acknowledged: seq } });
    void this.keepSession();
  }

  /** The browser says that the link may be back, or the candidate asks to try. */
  retry(): void {
    this.sync.retry();
    if (this.state.attempt && this.state.status === "running") this.paper.load(this.state.attempt);
  }

  part = (): void => this.sync.part();

  report(signal: Signal): void {
    if (view(this.state) === "question" || view(this.state) === "review") void this.record("presence", undefined, signal);
  }

  /** A second has passed. */
  tick(): void {
    const before = ended(this.state);
    this.dispatch({ type: "set", values: { now: this.parts.clock.now() } });
    if (!before && ended(this.state)) this.sync.retry();
  }

  private wear(): void {
    const special = this.state.attempt?.accommodations;
    wear(this.look, special?.contrast, special?.font_scale);
  }

  private mark(kind: EventKind, value: string | boolean | null): void {
    const { items, at } = this.state;
    const item = items[at];
    const before = answerOf(this.state, at);
    const same = kind === "answered" ? (before?.value ?? null) === value : (before?.flag ?? false) === value;
    if (item && !same && view(this.state) === "question") void this.record(kind, item.ref, value);
  }

  private async record(kind: EventKind, item?: number, value?: Draft["value"]): Promise<void> {
    if (this.state.status !== "running" || ended(this.state)) return;
    const event: Draft = { kind, at: this.parts.clock.now() };
    if (item !== undefined) event.item = item;
    if (value !== undefined) event.value = value;
    this.dispatch({ type: "event", event });
    const { answers, items, at } = this.state;
    const position = kind === "navigated" ? item! : (items[at]?.ref ?? this.state.attempt!.position);
    const kept = this.outbox.record(event, { answers, position });
    this.word();
    await kept;
    this.sync.nudge();
  }

  /** Take over an attempt as the server tells it, or without it, as the device kept it. */
  private async adopt(attempt: Attempt, sending = true): Promise<void> {
    if (this.state.attempt?.attempt !== attempt.attempt) this.paper.stop();
    await this.outbox.open(attempt.attempt, attempt.lane, attempt.last_seq);
    // Old answers must not hide newer ones of another device: the server weaves them in, and is asked again then.
    const { strays } = this.outbox;
    this.strayed = strays.size > 0;
    this.dispatch({ type: "attempt", attempt, waiting: this.outbox.waiting.filter((e) => !strays.has(e.seq)) });
    this.wear();
    this.tick();
    this.word();
    if (attempt.state !== "submitted") await this.keepSession();
    if (sending) this.sync.start();
    this.connect(this.listen);
    await this.follow();
  }

  /** A push tells the state of the device that holds the attempt; any other one asks for its own. */
  private pushed(status: Status): void {
    if ((status.active_lane ?? this.state.attempt?.lane) === this.state.attempt?.lane) void this.hear(status);
    else this.sync.retry();
  }

  private async hear(status: Status): Promise<void> {
    const before = this.state;
    if (!before.attempt || before.gate !== "open") return;
    this.dispatch({ type: "status", status });
    this.tick();
    const { state } = this;
    const handedOver = state.status !== before.status && /waiting|superseded|admitted/.test(before.status);
    const woven = this.strayed && !this.outbox.strays.size;
    if ((handedOver || woven) && state.status !== "submitted") return this.refresh();
    if (state.commands !== before.commands || state.deadline !== before.deadline || state.status !== before.status)
      await this.keepSession();
    await this.follow();
  }

  /** The attempt came (back) to this device: what other devices did must be known before anything is shown. */
  private async refresh(): Promise<void> {
    await this.adopt(await this.parts.wire.attempt()).catch((error: unknown) => {
      if (!(error instanceof WireError)) throw error;
    });
  }

  private async follow(): Promise<void> {
    const { status, attempt } = this.state;
    if (status === "running") this.paper.load(attempt!);
    if (status === "submitted" || status === "superseded") await this.finish();
  }

  /** All acknowledged: leave nothing behind on this device, then ask for the result. */
  private async finish(): Promise<void> {
    const { attempt, status, wiped } = this.state;
    if (this.finishing || wiped || !attempt || this.outbox.writing) return;
    this.finishing = true;
    try {
      // Another tab may have left something in the instant it was superseded.
      await this.outbox.open(attempt.attempt, attempt.lane, 0);
      this.word();
      if (this.outbox.waiting.length) return this.sync.nudge();
      this.paper.stop();
      await this.parts.store?.wipe(attempt.attempt);
      if (status === "superseded") return;
      this.sync.stop();
      this.dispatch({ type: "set", values: { wiped: true } });
      if (attempt.exam.show_scores) await this.askResult();
    } finally {
      this.finishing = false;
    }
  }

  private async askResult(): Promise<void> {
    for (let wait = 1500; this.state.wiped && !this.state.result?.ready; wait = Math.min(wait * 1.5, 20_000)) {
      const result = await this.parts.wire.result().catch(() => null);
      if (result) this.dispatch({ type: "set", values: { result } });
      if (!result?.ready) await new Promise((resolve) => setTimeout(resolve, wait));
    }
  }

  private async askSignIn(): Promise<void> {
    const { store } = this.parts;
    const events = (await store?.events().catch(() => [])) ?? [];
    const sessions = (await store?.sessions().catch(() => [])) ?? [];
    const holds = (id: string) => events.some((e) => e.attempt === id);
    for (const { attempt } of sessions) if (!holds(attempt.attempt)) await store!.wipe(attempt.attempt);
    this.dispatch({ type: "leave" });
    const leftover = sessions.filter((s) => holds(s.attempt.attempt)).map((s) => s.attempt.candidate.registration);
    this.dispatch({ type: "set", values: { leftover } });
  }

  /** The cookie is gone in the middle of it. What is kept stays kept; only the PIN is asked. */
  private lock(): void {
    if (this.state.wiped) return;
    this.dispatch({ type: "set", values: { locked: true } });
  }

  private rest(): void {
    this.sync.stop();
    this.paper.stop();
    this.hangUp?.();
    this.hangUp = null;
    this.linked = false;
  }

  private async keepSession(): Promise<void> {
    const { attempt, status, deadline, pausedAt, commands, acknowledged } = this.state;
    if (!attempt || this.state.wiped) return;
    const now = { ...attempt, state: status, deadline, paused_at: pausedAt, commands };
    const { drift } = this.parts.clock;
    await this.parts.store?.keepSession({ attempt: now, acknowledged, drift }).catch(() => undefined);
  }

  private async device(): Promise<string> {
    const { store } = this.parts;
    this.deviceName ||= (await store?.get<string>("device")) ?? "";
    if (!this.deviceName) {
      const bytes = crypto.getRandomValues(new Uint8Array(16));
      this.deviceName = [...bytes].map((b) => b.toString(16).padStart(2, "0")).join("");
      await store?.set("device", this.deviceName).catch(() => undefined);
    }
    return this.deviceName;
  }

  private silence(): number {
    if (/waiting|superseded/.test(this.state.status) || ended(this.state)) return eager;
    return this.linked ? quietWithSocket : quiet;
  }

  private word(): void {
    const save = saveState(this.outbox, this.sync.failing);
    const { n, word } = this.state.save;
    const durable = this.parts.store !== null && !this.outbox.refused;
    if (save.n !== n || save.word !== word || durable !== this.state.durable)
      this.dispatch({ type: "set", values: { save, durable } });
  }

  /** Lay a slice; the question it brings onto the screen is told to the server like any other. */
  private lay(slice: Slice): void {
    const before = this.state.at;
    this.dispatch({ type: "slice", slice });
    const item = this.state.items[this.state.at];
    if (before < 0 && item && item.ref !== this.state.attempt?.position) void this.record("navigated", item.ref);
  }
}
