import { useEffect, useRef } from "preact/hooks";

const PAUSE = 800; // milliseconds between two looks

/** Looks again and again while `busy`: the jobs that the worker does tell nobody by themselves. */
export function useProgress(busy: boolean, look: () => Promise<unknown>): void {
  const latest = useRef(look);
  latest.current = look;
  useEffect(() => {
    if (!busy) return;
    let timer = 0;
    const again = (): void => {
      timer = window.setTimeout(
        () =>
          void latest
            .current()
            .catch(() => undefined)
            .then(again),
        PAUSE,
      );
    };
    again();
    return () => clearTimeout(timer);
  }, [busy]);
}
