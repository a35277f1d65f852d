/** One tab writes. The others know it and can take over. */

const name = "exam-tab";

/** `lost` is called when another tab took over; `free` when this tab, having been refused, gets its turn after all. */
export interface TabEars {
  lost(): void;
  free(): void;
}

export interface Tab {
  /** Whether this tab may write now. */
  claim(): Promise<boolean>;
  /** Take over from whichever tab has it. */
  steal(): Promise<void>;
}

/** Web Locks where there are any (secure contexts), or else a conversation between the tabs. */
export const oneTab = (ears: TabEars): Tab => (navigator.locks ? lockedTab(ears) : talkingTab(ears));

function lockedTab(ears: TabEars): Tab {
  const hold = () => new Promise<never>(() => undefined);
  const request = (options: LockOptions): Promise<boolean> =>
    new Promise((resolve) => {
      navigator.locks
        .request(name, options, (lock) => {
          resolve(lock !== null);
          return lock ? hold() : undefined;
        })
        .catch(() => {
          ears.lost();
          queue();
        });
    });
  const queue = () => void request({}).then(ears.free);
  return {
    async claim() {
      // On a reload the page before this one may need a moment to let go.
      for (let tries = 0; tries < 4; tries++) {
        if (await request({ ifAvailable: true })) return true;
        await new Promise((resolve) => setTimeout(resolve, 150));
      }
      queue();
      return false;
    },
    async steal() {
      await request({ steal: true });
    },
  };
}

function talkingTab(ears: TabEars): Tab {
  if (!("BroadcastChannel" in globalThis)) return { claim: async () => true, steal: async () => undefined };
  const channel = new BroadcastChannel(name);
  let mine = false;
  let taken = false;
  channel.onmessage = ({ data }) => {
    if (data === "taken") taken = true;
    else if (mine && data === "free?") channel.postMessage("taken");
    else if (mine && data === "steal") {
      mine = false;
      ears.lost();
    }
  };
  return {
    async claim() {
      taken = false;
      channel.postMessage("free?");
      await new Promise((resolve) => setTimeout(resolve, 250));
      return (mine = !taken);
    },
    async steal() {
      channel.postMessage("steal");
      mine = true;
    },
  };
}
