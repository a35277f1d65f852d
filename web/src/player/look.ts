import { language } from "./words";

export type Theme = "light" | "dark" | "contrast";
export const themes: Theme[] = ["light", "dark", "contrast"];

/** How this candidate wants to see the page. An empty choice means: as the system or the accommodation says. */
export interface Look {
  theme: Theme | "";
  size: number;
  clock: boolean;
  keys: boolean;
  language: string;
}

const plain: Look = { theme: "", size: 1, clock: true, keys: true, language: "" };
const place = "exam-look";
/** Smaller, usual, larger and largest text. */
export const sizes = [0.875, 1, 1.25, 1.5];

/** The chosen look; local storage may be refused, then it lasts until the page is closed. */
export function readLook(): Look {
  try {
    return { ...plain, ...(JSON.parse(localStorage.getItem(place) ?? "{}") as Partial<Look>) };
  } catch {
    return plain;
  }
}

export function keepLook(look: Look): void {
  try {
    localStorage.setItem(place, JSON.stringify(look));
  } catch {
    // Refused: nothing to do, the look is only a comfort.
  }
}

/** The next candidate at this computer starts with the usual look, in the language already chosen. */
export const resetLook = (): Look => ({ ...plain, language: language() });

export function themeOf(look: Look, contrast: string | undefined): Theme {
  if (look.theme) return look.theme;
  if (contrast === "high" || matchMedia("(prefers-contrast: more)").matches) return "contrast";
  return matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
}

/** Dress the page. `scale` is the accommodation's font scale. */
export function wear(look: Look, contrast?: string, scale = 1): void {
  const root = document.documentElement;
  root.dataset["theme"] = themeOf(look, contrast);
  root.style.fontSize = `${(sizes[look.size] ?? 1) * scale * 100}%`;
}
