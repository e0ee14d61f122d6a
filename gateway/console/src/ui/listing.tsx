import type { ComponentChildren } from "preact";
import type { Pages } from "../state/pages";

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
      {pages.items.value?.length === 0 && <p class="soft">{empty}</p>}
      <ul class="rows" aria-busy={pages.loading.value}>
        {pages.items.value?.map(children)}
      </ul>
      {pages.more.value && (
        <button type="button" class="quiet" onClick={() => void pages.loadMore()}>
          Show more
        </button>
      )}
    </>
  );
}
