/** Move within a field of buttons that is one tab stop: arrows, Home and End go from cell to cell, over its rows. */
export function onArrow(event: KeyboardEvent): void {
  const order = [...(event.currentTarget as HTMLElement).querySelectorAll<HTMLButtonElement>("button")];
  const here = order.indexOf(document.activeElement as HTMLButtonElement);
  const row = order.filter((cell) => cell.offsetTop === order[here]?.offsetTop && cell.parentNode === order[here]?.parentNode).length;
  const steps: Record<string, number> = {
    ArrowRight: here + 1,
    ArrowLeft: here - 1,
    ArrowDown: here + row,
    ArrowUp: here - row,
    Home: 0,
    End: order.length - 1,
  };
  const to = order[Math.min(Math.max(steps[event.key] ?? -1, 0), order.length - 1)];
  if (here < 0 || !(event.key in steps) || !to) return;
  event.preventDefault();
  order.forEach((cell) => (cell.tabIndex = cell === to ? 0 : -1));
  to.focus();
}
