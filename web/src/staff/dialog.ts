/** A modal dialog with a heading, some content and buttons; resolves to the pressed button's value. */
export function ask(title: string, content: (Node | string)[], buttons: [value: string, words: string, style: string][]) {
  const dialog = document.createElement("dialog");
  const form = document.createElement("form");
  form.method = "dialog";
  form.className = "stack";
  const heading = document.createElement("h2");
  heading.id = "dialog-title";
  heading.textContent = title;
  dialog.setAttribute("aria-labelledby", heading.id);
  const row = document.createElement("div");
  row.className = "cluster";
  for (const [value, words, style] of buttons) {
    const button = document.createElement("button");
    button.value = value;
    button.textContent = words;
    button.className = `button ${style}`;
    row.append(button);
  }
  form.append(heading, ...content, row);
  dialog.append(form);
  document.body.append(dialog);
  dialog.showModal();
  return new Promise<string>((resolve) =>
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(dialog.returnValue);
    }),
  );
}

export function paragraph(text: string): HTMLParagraphElement {
  const element = document.createElement("p");
  element.textContent = text;
  return element;
}
