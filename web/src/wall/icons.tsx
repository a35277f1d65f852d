/** Small line drawings. They only accompany words: every one is hidden from screen readers. */
const paths = {
  focus_lost: "M4 6h11v9H4z M4 9h11 M14 12h6 M17.5 9.5 20 12l-2.500 2.500",
  fullscreen_left: "M9 4v5H4 M15 4v5h5 M9 20v-5H4 M15 20v-5h5",
  clipboard: "M8 5H5v15h14V5h-3 M9 3h6v4H9z M9 12h6 M9 16h4",
  silence: "M4 12h3 M10.500 12h3 M17 12h3 M5 5l14 14",
  second_device: "M3 6h11v8H3z M6 18h5 M16 10h5v9h-5z",
  attention: "M12 4 2.500 20h19z M12 10v5 M12 17.500v.5",
  serious: "M8 3h8l5 5v8l-5 5H8l-5-5V8z M12 7.500v6 M12 16v.5",
  warn: "M12 4 2.500 20h19z M12 10v5 M12 17.500v.5",
  info: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18z M12 11v5.500 M12 7.500v.5",
  connected: "M5 12.500l4.500 4.500L19 7.500",
  silent: "M4 12h3 M10.500 12h3 M17 12h3 M5 5l14 14",
  never: "M12 4a8 8 0 1 0 0 16 8 8 0 0 0 0-16z M8 12h8",
  gone: "M6 6l12 12 M18 6 6 18",
  done: "M6 4v16 M6 5h12l-3 4 3 4H6",
  keyboard: "M3 7h18v10H3z M7 11h.1 M11 11h.1 M15 11h.1 M8 14h8",
} as const;

export type IconName = keyof typeof paths;

export function Icon({ name }: { name: IconName }) {
  return (
    <svg class="wall-icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path d={paths[name]} />
    </svg>
  );
}
