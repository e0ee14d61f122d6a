import type { ComponentChildren } from "preact";
import type { Pages } from "../state/pages";
import { Skeleton } from "./skeleton";

interface Props<Item> {
  pages: Pages<Item>;
  empty: string;
  children: (item: Item) => ComponentChildren;
}

/** The rows of a list, page by page. */
export function Listing<Item>({ pages, empty, children }: Props<Item>) {
  return (
    <>
      {pages.error.value !== null && <p class="notice bad">{pages.error.value.message}</p>}
      {pages.items.value?.length === 0 && empty !== "" && <p class="soft">{empty}</p>}
      {pages.items.value === null && pages.error.value === null && <Skeleton />}
      <ul class="rows" aria-busy={pages.loading.value}>
        {pages.items.value?.map(children)}
      </ul>
      <More pages={pages} />
    </>
  );
}

export function More<Item>({ pages }: { pages: Pages<Item> }) {
  if (!pages.more.value) return null;
  return (
    <button type="button" class="more" onClick={() => void pages.loadMore()} aria-disabled={pages.loading.value}>
      Show more
    </button>
  );
}
