/** The page's words for scripts, printed by the server in the person's language. */
export function word(name: string): string {
  return document.getElementById("page-words")?.dataset[name] ?? "";
}
