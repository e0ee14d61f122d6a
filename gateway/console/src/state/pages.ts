import { type Signal, useSignal } from "@preact/signals";
import { useCallback, useEffect, useRef } from "preact/hooks";
import { ProblemError } from "../api/problem";

export interface Page<Item> {
  items: Item[];
  next_cursor?: string | null;
  /** How many there are in all, where the list was asked for that. */
  total?: number | null;
}

export interface Pages<Item> {
  /** null until the first page is there. */
  items: Signal<Item[] | null>;
  error: Signal<ProblemError | null>;
  more: Signal<boolean>;
  total: Signal<number | null>;
  loading: Signal<boolean>;
  loadMore: () => Promise<void>;
  /** Reads everything anew, as far as it was read; what is shown stays until it is there. */
  reload: () => Promise<void>;
}

/** A list, page by page. It starts anew whenever `key` changes; an answer to an older key is thrown away. */
export function usePages<Item>(key: string, load: (cursor: string | undefined) => Promise<Page<Item>>): Pages<Item> {
  const items = useSignal<Item[] | null>(null);
  const error = useSignal<ProblemError | null>(null);
  const more = useSignal(false);
  const loading = useSignal(false);
  const total = useSignal<number | null>(null);
  const cursor = useRef<string | undefined>(undefined);
  const turn = useRef(0);
  const latest = useRef(load);
  latest.current = load;

  const fetch = useCallback(async (from: string | undefined, rows: number) => {
    const mine = ++turn.current;
    loading.value = true;
    try {
      let page = await latest.current(from);
      if (page.total != null && mine === turn.current) total.value = page.total;
      let read = page.items;
      while (read.length < rows && page.next_cursor && mine === turn.current) {
        page = await latest.current(page.next_cursor);
        read = [...read, ...page.items];
      }
      if (mine !== turn.current) return;
      items.value = from === undefined ? read : [...(items.peek() ?? []), ...read];
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
  useEffect(() => void fetch(undefined, 0), [key]);

  return {
    items,
    error,
    more,
    total,
    loading,
    loadMore: async () => {
      if (!loading.peek() && more.peek()) await fetch(cursor.current, 0);
    },
    reload: () => fetch(undefined, items.peek()?.length ?? 0),
  };
}
