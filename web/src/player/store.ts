/** What the device keeps: the only module that knows IndexedDB. */
import type { Answer, Attempt, Draft, ExamEvent, Slice } from "./wire";

/** The candidate's work as this device last knew it. */
export interface Work {
  answers: Record<string, Answer>;
  position: number | null;
}

/** What a restart without network needs to go on. */
export interface Session {
  attempt: Attempt;
  acknowledged: number;
  /** Server time minus the wall clock. */
  drift: number;
}

export interface KeptEvent extends ExamEvent {
  attempt: string;
  lane: number;
}

type Name = "keep" | "events" | "slices";

/**
 * The device's store. Every promise of a write is fulfilled on the transaction's `complete` and never before: only
 * then has the browser handed the data to the disk (`durability: "strict"`). A refusal (quota, private mode) rejects.
 */
export class Store {
  private constructor(private readonly db: IDBDatabase) {}

  /** Open it, or `null` where the browser keeps nothing. */
  static async open(name = "exam"): Promise<Store | null> {
    try {
      const request = indexedDB.open(name, 1);
      request.onupgradeneeded = () => {
        request.result.createObjectStore("keep");
        request.result.createObjectStore("events", { keyPath: ["attempt", "lane", "seq"] });
        request.result.createObjectStore("slices", { keyPath: ["attempt", "from"] });
      };
      const store = new Store(await done(request));
      await store.set("tried", true);
      return store;
    } catch {
      return null;
    }
  }

  get = <T>(key: string): Promise<T | undefined> => done(this.begin(["keep"], "readonly").objectStore("keep").get(key));

  set = (key: string, value: unknown): Promise<void> =>
    this.write(["keep"], (t) => void t.objectStore("keep").put(value, key));

  /**
   * Number an event and keep it with the work it leads to, all in one transaction, so that neither a number nor an
   * answer can exist without the other. `floor` is the highest number known to be taken elsewhere.
   */
  async append(attempt: string, lane: number, floor: number, draft: Draft, work: Work): Promise<KeptEvent> {
    let event: KeptEvent | undefined;
    await this.write(["keep", "events"], (t) => {
      const keep = t.objectStore("keep");
      const counter = countOf(attempt, lane);
      const last = keep.get(counter);
      last.onsuccess = () => {
        const seq = Math.max(floor, (last.result as number | undefined) ?? 0) + 1;
        event = { ...draft, attempt, lane, seq };
        keep.put(seq, counter);
        keep.put(work, workOf(attempt));
        t.objectStore("events").add(event);
      };
    });
    return event!;
  }

  /** Make this the attempt a restart goes on with. */
  keepSession = (session: Session): Promise<void> =>
    this.write(["keep"], (t) => {
      t.objectStore("keep").put(session, sessionOf(session.attempt.attempt));
      t.objectStore("keep").put(session.attempt.attempt, "latest");
    });

  /** The attempt to go on with, if there is one. */
  async latest(): Promise<Session | undefined> {
    return this.get<Session>(sessionOf((await this.get<string>("latest")) ?? ""));
  }

  /** All attempts this device still holds something of. */
  sessions = (): Promise<Session[]> =>
    done(this.begin(["keep"], "readonly").objectStore("keep").getAll(startingWith(sessionOf(""))));

  work = (attempt: string): Promise<Work | undefined> => this.get<Work>(workOf(attempt));

  /** All events not yet acknowledged, of every attempt this device has seen, in the order of their numbers. */
  events = (): Promise<KeptEvent[]> => done(this.begin(["events"], "readonly").objectStore("events").getAll());

  /** Forget events the server has named as saved. */
  forget = (events: KeptEvent[]): Promise<void> =>
    this.write(["events"], (t) => {
      for (const { attempt, lane, seq } of events) t.objectStore("events").delete([attempt, lane, seq]);
    });

  slices = (attempt: string): Promise<Slice[]> =>
    done(this.begin(["slices"], "readonly").objectStore("slices").getAll(IDBKeyRange.bound([attempt], [attempt, []])));

  keepSlice = (attempt: string, slice: Slice): Promise<void> =>
    this.write(["slices"], (t) => void t.objectStore("slices").put({ ...slice, attempt }));

  /** Leave nothing of a finished attempt: no question, no answer, no name. */
  wipe = (attempt: string): Promise<void> =>
    this.write(["keep", "events", "slices"], (t) => {
      const all = IDBKeyRange.bound([attempt], [attempt, []]);
      t.objectStore("events").delete(all);
      t.objectStore("slices").delete(all);
      const keep = t.objectStore("keep");
      keep.delete(sessionOf(attempt));
      keep.delete(workOf(attempt));
      keep.delete(startingWith(countOf(attempt, "")));
    });

  private begin(names: Name[], mode: IDBTransactionMode): IDBTransaction {
    return this.db.transaction(names, mode, { durability: "strict" });
  }

  private write(names: Name[], steps: (t: IDBTransaction) => void): Promise<void> {
    return new Promise((resolve, reject) => {
      const transaction = this.begin(names, "readwrite");
      transaction.oncomplete = () => resolve();
      transaction.onabort = () => reject(transaction.error);
      steps(transaction);
    });
  }
}

const sessionOf = (attempt: string) => `session:${attempt}`;
const workOf = (attempt: string) => `work:${attempt}`;
const countOf = (attempt: string, lane: number | string) => `count:${attempt}:${lane}`;

const startingWith = (start: string) => IDBKeyRange.bound(start, start + "\uffff");

function done<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
