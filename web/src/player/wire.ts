/** The wire: the only module that knows HTTP. The contract is docs/wire.md. */

export type AttemptState = "admitted" | "waiting" | "running" | "paused" | "submitted" | "superseded" | "refused";

/** A line of lane 0: something the server or a proctor did. */
export interface Command {
  seq: number;
  kind: "started" | "message" | "paused" | "resumed" | "extended" | "ended" | "device";
  at: number;
  text?: string | null;
  reason?: string | null;
  minutes?: number;
  by?: "candidate" | "proctor" | "clock";
  lane?: number;
}

export interface Status {
  now: number;
  state: AttemptState;
  deadline: number | null;
  server_seq: number;
  /** On a push, which goes to all devices of the attempt: the lane whose device holds it. */
  active_lane?: number;
  commands: Command[];
}

export interface Answer {
  value: string | null;
  flag: boolean;
}

export interface Domain {
  code: string;
  name: string;
  items: number;
}

export interface Attempt extends Status {
  attempt: string;
  lane: number;
  last_seq: number;
  paused_at: number | null;
  minutes: number;
  candidate: { name: string; registration: string };
  exam: {
    title: string;
    language: string;
    items: number;
    show_scores: boolean;
    fullscreen: boolean;
    opens_at: number;
    closes_at: number;
    site: string;
    room: string;
    domains: Domain[];
    rules: string[];
  };
  accommodations: { extra_minutes?: number; font_scale?: number; contrast?: string } | null;
  paper: string;
  answers: Record<string, Answer>;
  position: number | null;
}

export interface Item {
  ref: number;
  domain: string;
  prompt: string;
  stimulus: string | null;
  figure: { svg: string; alt: string } | null;
  options: { id: string; text: string }[];
}

export interface Slice {
  paper: string;
  count: number;
  from: number;
  items: Item[];
}

export type EventKind = "answered" | "flagged" | "navigated" | "presence" | "submitted";

/** What happened, before it has a number. */
export interface Draft {
  kind: EventKind;
  item?: number;
  value?: string | boolean | null;
  at: number;
}

export interface ExamEvent extends Draft {
  seq: number;
}

export interface Receipt extends Status {
  saved: number[];
  late: number[];
}

export interface Result {
  ready: boolean;
  shown: boolean;
  scores?: { domain: string; name: string; raw: number; max: number; threshold: number | null; met: boolean | null }[];
  total?: number;
  max_total?: number;
  passed?: boolean | null;
}

/** A reply and when it was asked for and had, on the device's monotonic clock (for the clock offset). */
export interface Timed {
  now: number;
  sent: number;
  received: number;
}

/**
 * Why a request failed. `status` 0: nobody answered (no network, or too slow). `retryAfter` is in seconds.
 * The text of the error and its hint are the server's, in the person's language.
 */
export class WireError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly hint = "",
    readonly retryAfter = 0,
  ) {
    super(message);
  }

  /** The server did not judge the request; the same one may do later. */
  get passing(): boolean {
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }
}

const base = "/exam/api/";
const patience = 12_000;

/** The candidate's requests. `heard` reports every reply's time, so each one helps the clock. */
export class Wire {
  constructor(private readonly heard: (timed: Timed) => void) {}

  signIn = (registration: string, pin: string, device: string) =>
    this.ask<Attempt>("sign-in", { registration, pin, device });
  attempt = () => this.ask<Attempt>("attempt");
  start = () => this.ask<Attempt>("start", {});
  paper = (from: number, count: number) => this.ask<Slice>(`paper?from=${from}&count=${count}`);
  events = (heard: number, events: ExamEvent[]) => this.ask<Receipt>("events", { heard, events });
  result = () => this.ask<Result>("result");
  time = () => this.ask<{ now: number }>("time");
  signOut = () => this.ask<object>("sign-out", {});

  /** Hand events to the browser as the page goes away; whether they arrive shows on the next visit. */
  parting(heard: number, events: ExamEvent[]): void {
    void fetch(base + "events", { ...posting({ heard, events }), keepalive: true }).catch(() => undefined);
  }

  private async ask<T>(path: string, body?: object): Promise<T> {
    const abort = new AbortController();
    const timer = setTimeout(() => abort.abort(), patience);
    const sent = performance.now();
    try {
      const reply = await fetch(base + path, {
        ...(body ? posting(body) : { cache: "no-store" }),
        signal: abort.signal,
      });
      const data = await reply.json().catch(() => undefined);
      if (!reply.ok || data === undefined) throw refusal(reply, data);
      if (data.now) this.heard({ now: data.now, sent, received: performance.now() });
      return data as T;
    } catch (error) {
      throw error instanceof WireError ? error : new WireError(0, "offline", "");
    } finally {
      clearTimeout(timer);
    }
  }
}

function posting(body: object): RequestInit {
  return { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) };
}

function refusal(reply: Response, data: { error?: Partial<Record<"code" | "message" | "hint", string>> } | undefined) {
  // A page of a proxy or a captive portal in place of our JSON is no judgement of ours: count it as no answer.
  const told = data?.error;
  const status = told || reply.status >= 400 ? reply.status : 0;
  const wait = Number(reply.headers.get("Retry-After")) || 0;
  return new WireError(status, told?.code ?? "offline", told?.message ?? "", told?.hint ?? "", wait);
}
