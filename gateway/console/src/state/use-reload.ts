import { useEffect, useRef } from "preact/hooks";
import { listen } from "../live/socket";

const SETTLING = 400; // milliseconds; a burst of changes is one reload
const LONGEST = 3000; // milliseconds; a burst that does not end is shown all the same

/**
 * What others change may enter, leave or reorder what is shown: it is read again once things have settled. `on` says
 * which events matter; without it those of tasks do.
 */
export function useReloadOnChange(reload: () => unknown, on: readonly ("task" | "project")[] = ["task"]): void {
  const latest = useRef(reload);
  latest.current = reload;
  useEffect(() => {
    let timer = 0;
    let since = 0;
    const now = (): void => {
      timer = since = 0;
      void latest.current();
    };
    const soon = (): void => {
      clearTimeout(timer);
      since ||= Date.now();
      timer = window.setTimeout(now, Math.min(SETTLING, Math.max(0, since + LONGEST - Date.now())));
    };
    const stop = listen({ ...Object.fromEntries(on.map((kind) => [kind, soon])), reset: soon });
    return () => {
      clearTimeout(timer);
      stop();
    };
  }, []);
}
