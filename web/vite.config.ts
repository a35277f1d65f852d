/**
 * Builds the browser clients into the Python packages that serve them:
 *   vite build --mode engine      player, its service worker, comforts of staff pages -> exam_engine/static
 *   vite build --mode proctoring  the wall                                            -> proctoring/static
 */
import { readFileSync } from "node:fs";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { defineConfig } from "vitest/config";
import type { Plugin } from "vite";

const builds: Record<string, { base: string; input: Record<string, string> }> = {
  engine: {
    base: "/static/",
    input: { player: "src/player/main.ts", sw: "src/player/sw.ts", staff: "src/staff/main.ts" },
  },
  proctoring: { base: "/static/proctoring/", input: { wall: "src/wall/main.tsx" } },
};
const folders: Record<string, string> = { engine: "exam_engine", proctoring: "proctoring" };

/** Lays `.br` and `.gz` beside every built file, so that the server never compresses the same bytes twice. */
function packed(): Plugin {
  return {
    name: "packed",
    generateBundle: {
      order: "post",
      handler(_options, bundle) {
        for (const [name, file] of Object.entries(bundle)) {
          if (name.endsWith(".json")) continue;
          const content = file.type === "chunk" ? file.code : file.source;
          this.emitFile({ type: "asset", fileName: `${name}.br`, source: brotliCompressSync(content) });
          this.emitFile({ type: "asset", fileName: `${name}.gz`, source: gzipSync(content, { level: 9 }) });
        }
      },
    },
  };
}

/** The player's words beside its scripts: the server puts the first of them into the page. */
function catalogues(): Plugin {
  return {
    name: "catalogues",
    generateBundle() {
      for (const code of ["id", "en"]) {
        const source = readFileSync(`src/catalogue/player.${code}.json`, "utf8");
        this.emitFile({ type: "asset", fileName: `catalogue/player.${code}.json`, source });
      }
    },
  };
}

export default defineConfig(({ mode }) => {
  const { base, input } = builds[mode] ?? builds["engine"]!;
  return {
    base,
    plugins: [packed(), ...(mode === "engine" ? [catalogues()] : [])],
    build: {
      outDir: `../${folders[mode] ?? "exam_engine"}/static`,
      emptyOutDir: true,
      manifest: "manifest.json",
      target: "es2022",
      modulePreload: false,
      rollupOptions: {
        // The player's parts loaded later come from the same modules as its first file: one copy of each.
        preserveEntrySignatures: "allow-extension",
        input,
        output: {
          entryFileNames: "[name]-[hash].js",
          chunkFileNames: "[name]-[hash].js",
          assetFileNames: "[name]-[hash][extname]",
        },
      },
    },
    test: { include: ["src/**/*.test.{ts,tsx}"] },
  };
});
