/** The live line to the server: joins the sitting, hands over its picture, and joins again after every loss. */
import { io } from "socket.io-client";
import type { Delta, Snapshot, Watched } from "./wire";

export interface Listener {
  snapshot(snapshot: Snapshot): void;
  delta(delta: Delta): void;
  /** The line is up but the server will not show this sitting. */
  refused(): void;
  lost(): void;
  /** Anything was heard: the picture is as fresh as this moment. */
  heard(): void;
}

const patience = 10_000;

/** Watch a sitting until the page is left. */
export function watch(sitting: number, listener: Listener): void {
  const socket = io("/wall", { transports: ["websocket", "polling"], reconnectionDelayMax: 5000, tryAllTransports: true });
  // Deltas that overtake the picture they belong to would be laid over an older one.
  let watching = false;

  const join = (): void => {
    socket.timeout(patience).emit("watch", { sitting }, (late: Error | null, reply: Watched) => {
      if (late) {
        // Connected, but the server is too busy to answer: ask anew, as after a loss.
        if (socket.connected) join();
      } else if (reply.ok) {
        watching = true;
        listener.snapshot(reply.snapshot);
      } else listener.refused();
    });
  };

  socket.on("connect", join);
  socket.on("delta", (delta: Delta) => {
    if (watching) listener.delta(delta);
  });
  socket.on("disconnect", (reason) => {
    watching = false;
    listener.lost();
    // After a server has closed the line itself (a restart), the library does not come back by itself.
    if (reason === "io server disconnect") socket.connect();
  });
  socket.on("connect_error", () => {
    // The namespace was denied: the session has ended or the grant is gone. A lost network stays `active`.
    if (!socket.active) listener.refused();
    else listener.lost();
  });
  socket.io.on("ping", listener.heard);
}
