type Child = Node | string | number | null | undefined | false | Child[];
type Props = Record<string, unknown>;

/** An element: `on…` functions become listeners, `true` an empty attribute, `false` and `null` none. */
export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  props: Props = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (typeof value === "function") element.addEventListener(name.slice(2), value as EventListener);
    else if (value !== false && value !== null && value !== undefined)
      element.setAttribute(name, value === true ? "" : String(value));
  }
  element.append(...flat(children));
  return element;
}

function flat(children: Child[]): (Node | string)[] {
  return children.flatMap((c) =>
    Array.isArray(c) ? flat(c) : c === null || c === undefined || c === false ? [] : [c instanceof Node ? c : String(c)],
  );
}

/** Change a text only when it differs, so that a live region is not read again for nothing. */
export function say(element: Element, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}

/** Plain text to paragraphs: a blank line parts them, a single line break stays one. */
export const paragraphs = (text: string): HTMLElement[] => text.split(/\n\s*\n/).map((part) => h("p", {}, part));

export const button = (text: Child, onclick: () => void, props: Props = {}): HTMLButtonElement =>
  h("button", { type: "button", onclick, ...props }, text);
