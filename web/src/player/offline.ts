/** Keeps the page itself on the device. Its words and marks are kept by store.ts. */

const shelf = "exam-page";

/**
 * Put all the page is made of on the shelf from which the service worker serves it without network. All or nothing,
 * so that a page never meets scripts of another version; what an earlier version left is removed.
 */
export async function keepPage(): Promise<void> {
  if (!("serviceWorker" in navigator) || !("caches" in globalThis)) return;
  try {
    await navigator.serviceWorker.register("/exam/sw.js", { scope: "/exam/" });
    const made = performance.getEntriesByType("resource") as PerformanceResourceTiming[];
    const parts = made.filter((e) => ["script", "link", "css", "other"].includes(e.initiatorType)).map((e) => e.name);
    const wanted = [...new Set([...parts.filter((url) => /\.(js|css)(\?|$)/.test(url) && !url.endsWith("/sw.js")), page()])];
    const cache = await caches.open(shelf);
    await cache.addAll(wanted);
    for (const { url } of await cache.keys()) if (!wanted.includes(url)) await cache.delete(url);
  } catch {
    // Without the shelf the exam still goes on; only a reload would need the network.
  }
}

const page = () => new URL("/exam/", location.href).href;
