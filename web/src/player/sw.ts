/** The service worker of /exam/: serves the kept page when the network does not. It never touches what is asked of the API. */

declare const self: {
  addEventListener(name: string, listener: (event: never) => void): void;
  skipWaiting(): Promise<void>;
  clients: { claim(): Promise<void> };
};

interface Lasting extends Event {
  waitUntil(promise: Promise<unknown>): void;
}
interface Fetching extends Event {
  readonly request: Request;
  respondWith(reply: Promise<Response>): void;
}

/** A page that takes longer than this (ms) is taken from the shelf. */
const patience = 4000;

self.addEventListener("install", () => void self.skipWaiting());
self.addEventListener("activate", (event: Lasting) => event.waitUntil(self.clients.claim()));
self.addEventListener("fetch", (event: Fetching) => {
  const { request } = event;
  const path = new URL(request.url).pathname;
  if (request.method !== "GET" || path.startsWith("/exam/api/")) return;
  if (request.mode === "navigate") {
    if (path === "/exam/") event.respondWith(page(request));
  } else event.respondWith(part(request));
});

const kept = (request: Request) => caches.match(request, { ignoreVary: true, ignoreSearch: request.mode === "navigate" });

/** The network first, so that a new version is seen; the shelf when it fails, is slow or answers with an error. */
async function page(request: Request): Promise<Response> {
  const shelf = await kept(request);
  if (!shelf) return fetch(request);
  const late = new Promise<Response>((resolve) => setTimeout(() => resolve(shelf), patience));
  const fresh = fetch(request).then(
    (reply) => (reply.ok ? reply : shelf),
    () => shelf,
  );
  return Promise.race([fresh, late]);
}

/** Parts carry their version in their names: the shelf first. */
async function part(request: Request): Promise<Response> {
  return (await kept(request)) ?? fetch(request);
}

export {};
