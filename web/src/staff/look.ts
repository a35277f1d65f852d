/** The look chosen in this browser. A cookie tells the server too, so that the next page is painted right at once. */

interface Choice {
  attribute: "theme" | "contrast";
  value: string;
  word: "wordsAuto" | "wordsLight" | "wordsDark" | "wordsContrast";
  path: string;
}

const year = 365 * 24 * 3600;
const choices: Choice[] = [
  { attribute: "theme", value: "", word: "wordsAuto", path: "M4 5h16v11H4z M9 20h6 M12 16v4" },
  {
    attribute: "theme",
    value: "light",
    word: "wordsLight",
    path: "M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8z M12 2v3 M12 19v3 M2 12h3 M19 12h3 M5 5l2 2 M17 17l2 2 M19 5l-2 2 M7 17l-2 2",
  },
  { attribute: "theme", value: "dark", word: "wordsDark", path: "M20 14A8.5 8.5 0 1 1 10 4a7 7 0 0 0 10 10z" },
  {
    attribute: "contrast",
    value: "high",
    word: "wordsContrast",
    path: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18z M12 3v18 M12 7h6 M12 12h8.5 M12 17h6",
  },
];

const root = document.documentElement;

function stored(attribute: string): string {
  try {
    return localStorage.getItem(attribute) ?? "";
  } catch {
    return root.dataset[attribute] ?? "";
  }
}

function keep(attribute: string, value: string): void {
  try {
    localStorage.setItem(attribute, value);
  } catch {
    // Refused: the cookie and this page still know.
  }
  const age = value ? year : 0;
  document.cookie = `${attribute}=${value}; path=/; max-age=${age}; samesite=lax`;
}

function wear(attribute: string, value: string): void {
  if (value) root.dataset[attribute] = value;
  else delete root.dataset[attribute];
}

const isOn = ({ attribute, value }: Choice): boolean => stored(attribute) === value;

function press(choice: Choice): void {
  // High contrast goes on and off; the colours are one of three.
  const value = choice.attribute === "contrast" && isOn(choice) ? "" : choice.value;
  keep(choice.attribute, value);
  wear(choice.attribute, value);
}

function icon(path: string): SVGSVGElement {
  const name = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(name, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  const line = document.createElementNS(name, "path");
  line.setAttribute("d", path);
  svg.append(line);
  return svg;
}

/** Fill the switch of the top bar; without it (a page that has none) the stored look is worn all the same. */
export function installLook(): void {
  for (const attribute of ["theme", "contrast"]) wear(attribute, stored(attribute));
  const place = document.querySelector<HTMLElement>("[data-look]");
  if (!place) return;
  const buttons = choices.map((choice) => {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "segment";
    button.title = place.dataset[choice.word] ?? "";
    button.setAttribute("aria-label", button.title);
    button.append(icon(choice.path));
    button.addEventListener("click", () => {
      press(choice);
      show();
    });
    return button;
  });
  const show = (): void =>
    buttons.forEach((button, at) => button.setAttribute("aria-pressed", String(isOn(choices[at] as Choice))));
  show();
  place.append(...buttons);
  place.hidden = false;
}
