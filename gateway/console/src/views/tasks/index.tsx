import { useSignal } from "@preact/signals";
import { useLocation } from "preact-iso";
import { api, ok } from "../../api/client";
import { usePages } from "../../state/pages";
import { remember } from "../../state/tasks";
import { useReloadOnChange } from "../../state/use-reload";
import { Empty } from "../../ui/empty";
import { Icon } from "../../ui/icon";
import { conditions, type Query, type Sort } from "./asked";
import { BulkBar } from "./bulk";
import { Filters } from "./filters";
import { Row } from "./row";
import { SavedViews } from "./saved";

/** The list's filters are in the address, so that it can be kept, sent and gone back to. */
export function TaskList() {
  const { query: address, path, route } = useLocation();
  const query: Query = path.startsWith("/update") ? { sort: "-updated_at", ...address } : address;
  const trashed = query.trashed === "1";
  const set = (name: string, value: string): void => {
    const next = new URLSearchParams(query);
    next.delete("view");
    if (value === "") next.delete(name);
    else next.set(name, value);
    route(`/tasks?${next}`, true);
  };
  const pages = usePages(JSON.stringify(query), (cursor) => load(query, cursor));
  useReloadOnChange(pages.reload);
  const chosen = useSignal<ReadonlySet<number> | null>(null);
  const choose = (id: number): void => {
    const next = new Set(chosen.peek() ?? []);
    if (!next.delete(id)) next.add(id);
    chosen.value = next;
  };
  const items = pages.items.value;
  const wrong = pages.error.value?.fields.filter;
  return (
    <>
      <header class="view">
        <h1>{trashed ? "Trash" : "Tasks"}</h1>
        <span class="facts">
          <button
            type="button"
            class="quiet"
            aria-pressed={chosen.value !== null}
            title="Select tasks (x)"
            onClick={() => void (chosen.value = chosen.peek() === null ? new Set() : null)}
          >
            <Icon name="check" /> Select
          </button>
          <a class="button quiet" href={trashed ? "/tasks" : "/tasks?trashed=1"}>
            {trashed ? "Back to the tasks" : "Trash"}
          </a>
        </span>
      </header>
      {!trashed && (
        <Filters query={query} set={set} wrong={wrong} first={path.startsWith("/query")}>
          <SavedViews query={query} />
        </Filters>
      )}
      {pages.error.value !== null && wrong === undefined && <p class="notice bad">{pages.error.value.message}</p>}
      {chosen.value !== null && (
        <BulkBar
          chosen={chosen.value}
          trashed={trashed}
          chooseAll={() => void (chosen.value = new Set((items ?? []).flatMap((entry) => entry.peek()?.id ?? [])))}
          done={() => {
            chosen.value = null;
            void pages.reload();
          }}
        />
      )}
      {items?.length === 0 && <Nothing trashed={trashed} />}
      <ul class="tasks" aria-busy={pages.loading.value} onKeyDown={(event) => press(event, choose)}>
        {items?.map((entry) => (
          <Row
            key={entry.peek()?.id}
            entry={entry}
            chosen={chosen.value?.has(entry.peek()?.id ?? 0)}
            choose={choose}
            trashed={trashed}
            reload={pages.reload}
          />
        ))}
      </ul>
      {pages.more.value && (
        <button type="button" class="more" onClick={() => void pages.loadMore()} aria-disabled={pages.loading.value}>
          Show more
        </button>
      )}
    </>
  );
}

async function load(query: Query, cursor: string | undefined) {
  const { view, filter, sort, trashed } = query;
  const asked = {
    ...conditions(query),
    filter: filter || undefined,
    sort: (sort || undefined) as Sort | undefined,
    trashed: trashed ? true : undefined,
  };
  const call = view
    ? api.GET("/api/views/{view_id}/tasks", {
        params: { path: { view_id: Number(view) }, query: { limit: 50, cursor } },
      })
    : api.GET("/api/tasks", { params: { query: { ...asked, limit: 50, cursor } } });
  const page = await ok(call);
  return { items: remember(page.items), next_cursor: page.next_cursor ?? null };
}

function Nothing({ trashed }: { trashed: boolean }) {
  if (trashed) return <Empty title="The trash is empty" />;
  return (
    <Empty title="No task matches">
      <p>Loosen the filters, or press c to write one down.</p>
    </Empty>
  );
}

/** Arrow keys (or j and k) go from task to task, x chooses. */
function press(event: KeyboardEvent, choose: (id: number) => void): void {
  const list = event.currentTarget as HTMLElement;
  const here = document.activeElement as HTMLElement;
  if (event.key === "x") choose(Number(here.closest<HTMLElement>("[data-id]")?.dataset.id));
  const step = { ArrowDown: 1, j: 1, ArrowUp: -1, k: -1 }[event.key];
  if (step === undefined) return;
  const links = [...list.querySelectorAll<HTMLElement>("a.title")];
  const next = links[links.indexOf(here) + step];
  if (next === undefined) return;
  event.preventDefault();
  next.focus();
}
