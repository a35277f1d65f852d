/** Forms and buttons with `data-confirm` ask before they act. Without scripts they act at once, as plain forms do. */
import { ask, paragraph } from "./dialog";
import { word } from "./words";

const agreed = new WeakSet<HTMLFormElement>();

export function installConfirm(): void {
  document.addEventListener("submit", (event) => {
    const form = event.target as HTMLFormElement;
    const button = event.submitter;
    const question = button?.dataset["confirm"] ?? form.dataset["confirm"];
    if (!question || agreed.delete(form)) return;
    event.preventDefault();
    void confirm(question, button?.textContent?.trim() ?? "").then((yes) => {
      if (!yes) return;
      agreed.add(form);
      form.requestSubmit(button);
    });
  });
}

async function confirm(question: string, deed: string): Promise<boolean> {
  const answer = await ask(deed || word("confirmTitle"), [paragraph(question)], [
    ["no", word("confirmNo"), ""],
    ["yes", word("confirmYes"), "button-primary"],
  ]);
  return answer === "yes";
}
