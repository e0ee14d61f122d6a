import { type Signal, useSignal } from "@preact/signals";
import { useCallback, useEffect, useRef } from "preact/hooks";
import { ProblemError } from "../api/problem";

export interface Page<Item> {
  items: Item[];
  next_cursor?: string | null;
}

export interface Pages<Item> {
  /** null until the first page is there. */
  items: Signal<Item[] | null>;
  error: Signal<ProblemError | null>;
  more: Signal<boolean>;
  loading: Signal<boolean>;
  loadMore: () => Promise<void>;
  /** Reads the first page anew; what is shown stays until it is there. */
  reload: () => Promise<void>;
}

/** A list, page by page. It starts anew whenever `key` changes; an answer to an older key is thrown away. */
export function usePages<Item>(key: string, load: (cursor: string | undefined) => Promise<Page<Item>>): Pages<Item> {
  const items = useSignal<Item[] | null>(null);
  const error = useSignal<ProblemError | null>(null);
  const more = useSignal(false);
  const loading = useSignal(false);
  const cursor = useRef<string | undefined>(undefined);
  const turn = useRef(0);
  const latest = useRef(load);
  latest.current = load;

  const fetch = useCallback(async (from: string | undefined) => {
    const mine = ++turn.current;
    loading.value = true;
    try {
      const page = await latest.current(from);
      if (mine !== turn.current) return;
      items.value = from === undefined ? page.items : [...(items.peek() ?? []), ...page.items];
      cursor.current = page.next_cursor ?? undefined;
      more.value = cursor.current !== undefined;
      error.value = null;
    } catch (problem) {
      if (!(problem instanceof ProblemError)) throw problem;
      if (mine === turn.current) error.value = problem;
    } finally {
      if (mine === turn.current) loading.value = false;
    }
  }, []);

  // A new key is what starts the list anew.
  useEffect(() => void fetch(undefined), [key]);

  return {
    items,
    error,
    more,
    loading,
    loadMore: async () => {
      if (!loading.peek() && more.peek()) await fetch(cursor.current);
    },
    reload: () => fetch(undefined),
  };
}
