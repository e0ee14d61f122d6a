import { useEffect, useRef } from "preact/hooks";
import { listen } from "../live/socket";

const SETTLING = 400; // milliseconds; a burst of changes is one reload

/** What others change may enter, leave or reorder a list: it is read again once things have settled. */
export function useReloadOnChange(reload: () => Promise<void>): void {
  const latest = useRef(reload);
  latest.current = reload;
  useEffect(() => {
    let timer = 0;
    const soon = (): void => {
      clearTimeout(timer);
      timer = window.setTimeout(() => void latest.current(), SETTLING);
    };
    const stop = listen({ task: soon, reset: soon });
    return () => {
      clearTimeout(timer);
      stop();
    };
  }, []);
}
