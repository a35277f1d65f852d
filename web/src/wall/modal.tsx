/** A dialog over the wall: the browser's own, so that focus and Escape behave as everywhere. */
import type { ComponentChildren } from "preact";
import { useEffect, useId, useRef } from "preact/hooks";

interface Props {
  title: string;
  onClose: () => void;
  children: ComponentChildren;
}

export function Modal({ title, onClose, children }: Props) {
  const place = useRef<HTMLDialogElement>(null);
  const label = useId();
  useEffect(() => {
    // Once it is gone the focus goes back to where it came from.
    const before = document.activeElement as HTMLElement | null;
    place.current?.showModal();
    return () => before?.isConnected && before.focus({ preventScroll: true });
  }, []);
  return (
    <dialog
      ref={place}
      class="dialog wall-dialog"
      aria-labelledby={label}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
    >
      <h2 id={label}>{title}</h2>
      {children}
    </dialog>
  );
}
