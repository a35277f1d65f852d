import { retryDelay } from "./retry";
import type { Status } from "./wire";

export type Listen = (onStatus: (status: Status) => void, onLink: (up: boolean) => void) => () => void;

const room = "/candidate";

/**
 * The receiving half of Socket.IO (Engine.IO 4, WebSocket only): joins the namespace, answers pings, hands over every
 * `status` and comes back after a loss. Returns a function that closes it for good.
 */
export const listen: Listen = (onStatus, onLink) => {
  let socket: WebSocket;
  let tries = 0;
  let timer: ReturnType<typeof setTimeout>;
  let patience = 60_000;
  let closed = false;

  // A dead link may stay silent for ever: without a ping in time the socket counts as lost.
  const alive = () => {
    clearTimeout(timer);
    timer = setTimeout(() => socket.close(), patience);
  };

  const connect = () => {
    socket = new WebSocket(`${location.origin.replace(/^http/, "ws")}/socket.io/?EIO=4&transport=websocket`);
    alive();
    socket.onmessage = ({ data }: MessageEvent<string>) => {
      alive();
      if (data[0] === "0") {
        const { pingInterval, pingTimeout } = JSON.parse(data.slice(1));
        patience = pingInterval + pingTimeout;
        socket.send(`40${room},`);
      } else if (data === "2") socket.send("3");
      else if (data.startsWith(`40${room}`)) {
        tries = 0;
        onLink(true);
      } else if (data.startsWith(`42${room},`)) {
        const [name, status] = JSON.parse(data.slice(room.length + 3));
        if (name === "status") onStatus(status);
      } else if (/^(1|41|44)/.test(data)) socket.close();
    };
    socket.onclose = () => {
      clearTimeout(timer);
      onLink(false);
      if (!closed) timer = setTimeout(connect, retryDelay(++tries, Math.random()));
    };
  };

  connect();
  return () => {
    closed = true;
    clearTimeout(timer);
    socket.close();
  };
};
