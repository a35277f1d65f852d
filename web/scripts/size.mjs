/**
 * What a candidate's device must load, measured on the built files as a server sends them (brotli): HTML, CSS and JS
 * before the first question, and all that is ever loaded. Fails over budget, or when there are too many requests.
 *
 * Usage: node scripts/size.mjs [folder of built files]
 */
import { existsSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync } from "node:zlib";

const budget = { first: 15 * 1024, all: 30 * 1024, requests: 4 };
const web = join(dirname(fileURLToPath(import.meta.url)), "..");
const built = resolve(process.argv[2] ?? join(web, "../exam_engine/static"));
const template = join(web, "../exam_engine/templates/player.html");

const manifestAt = [join(built, "manifest.json"), join(built, ".vite/manifest.json")].find(existsSync);
if (!manifestAt) fail(`no manifest in ${built}: build the clients first`);
const manifest = JSON.parse(readFileSync(manifestAt, "utf8"));
const entry = (name) =>
  Object.keys(manifest).find((key) => manifest[key].isEntry && manifest[key].name === name) ?? fail(`no entry "${name}"`);

/** Files of a chunk and of what it imports; with `later`, also of what it loads on demand. */
function filesOf(key, later, seen = new Set()) {
  if (seen.has(key)) return [];
  seen.add(key);
  const { file, css = [], imports = [], dynamicImports = [] } = manifest[key];
  const next = later ? [...imports, ...dynamicImports] : imports;
  return [...new Set([file, ...css, ...next.flatMap((k) => filesOf(k, later, seen))])];
}

/** The page as it is sent, with the longer of the two languages' first words in place. */
function page() {
  const words = ["id", "en"].map((code) => {
    const catalogue = JSON.parse(readFileSync(join(web, `src/catalogue/player.${code}.json`), "utf8"));
    return JSON.stringify(catalogue.first);
  });
  const longest = words.sort((a, b) => b.length - a.length)[0];
  return Buffer.from(readFileSync(template, "utf8").replace("{{ catalogue.first|tojson }}", () => longest));
}

const size = (content) => brotliCompressSync(content).length;
const parts = (names) => names.map((name) => [name, size(readFileSync(join(built, name)))]);
const sum = (rows) => rows.reduce((total, [, bytes]) => total + bytes, 0);

const early = [["player.html with its words", size(page())], ...parts(filesOf(entry("player"), false))];
const names = new Set(early.map(([name]) => name));
const later = parts([...filesOf(entry("player"), true), ...filesOf(entry("sw"), true)].filter((n) => !names.has(n)));
// Keeping the page for a restart without network asks for it once more.
later.push(["player.html again", early[0][1]]);

for (const [name, bytes] of early) console.log(`${String(bytes).padStart(7)}  ${name}`);
console.log(`${String(sum(early)).padStart(7)}  before the first question, ${early.length} requests\n`);
for (const [name, bytes] of later) console.log(`${String(bytes).padStart(7)}  ${name}`);
const all = sum(early) + sum(later);
console.log(`${String(all).padStart(7)}  all a candidate ever loads`);

if (sum(early) > budget.first) fail(`over ${budget.first} bytes before the first question`);
if (early.length > budget.requests) fail(`more than ${budget.requests} requests before the first question`);
if (all > budget.all) fail(`over ${budget.all} bytes in all`);

function fail(why) {
  console.error(why);
  process.exit(1);
}
