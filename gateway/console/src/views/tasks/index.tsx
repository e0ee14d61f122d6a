import { type Signal, useSignal } from "@preact/signals";
import { useLocation } from "preact-iso";
import { save } from "../../api/files";
import type { Task } from "../../api/types";
import { type Pages, usePages } from "../../state/pages";
import { taskSignal } from "../../state/tasks";
import { attempt } from "../../state/toasts";
import { useReloadOnChange } from "../../state/use-reload";
import { Empty } from "../../ui/empty";
import { Icon } from "../../ui/icon";
import { More } from "../../ui/listing";
import { Menu } from "../../ui/menu";
import { useShortcuts } from "../../ui/shortcuts";
import { Skeleton } from "../../ui/skeleton";
import { exportPath, isNarrowed, load, type Query } from "./asked";
import { BulkBar } from "./bulk";
import { Filters } from "./filters";
import { Import } from "./import";
import { Row, turned } from "./row";
import { SavedViews } from "./saved";

type Chosen = Signal<ReadonlySet<number> | null>;

/** The list's filters are in the address, so that it can be kept, sent and gone back to. */
export function TaskList() {
  const { query: address, path, route } = useLocation();
  const query: Query = path.startsWith("/update") ? { sort: "-updated_at", ...address } : address;
  const trashed = query.trashed === "1";
  const set = (name: string, value: string): void => {
    const next = new URLSearchParams(query);
    for (const gone of ["view", "import"]) next.delete(gone);
    if (value === "") next.delete(name);
    else next.set(name, value);
    route(`/tasks?${next}`, true);
  };
  const { import: _, ...asked } = query;
  const pages = usePages(JSON.stringify(asked), (cursor) => load(query, cursor));
  useReloadOnChange(pages.reload);
  const chosen: Chosen = useSignal(null);
  const choose = (id: number): void => {
    const next = new Set(chosen.peek() ?? []);
    if (!next.delete(id)) next.add(id);
    chosen.value = next;
  };
  useListKeys(choose);
  const wrong = pages.error.value?.fields.filter;
  return (
    <>
      <Head query={query} trashed={trashed} total={pages.total.value} chosen={chosen} set={set} />
      {!trashed && (
        <Filters query={query} set={set} wrong={wrong} first={path.startsWith("/query")}>
          <SavedViews query={query} changed={pages.reload} />
        </Filters>
      )}
      {pages.error.value !== null && wrong === undefined && <p class="notice bad">{pages.error.value.message}</p>}
      {chosen.value !== null && (
        <BulkBar
          chosen={chosen.value}
          trashed={trashed}
          chooseAll={() => void (chosen.value = new Set((pages.items.peek() ?? []).flatMap((e) => e.peek()?.id ?? [])))}
          done={() => {
            chosen.value = null;
            void pages.reload();
          }}
        />
      )}
      <Rows pages={pages} chosen={chosen} choose={choose} trashed={trashed} narrowed={isNarrowed(query)} />
      {query.import === "1" && <Import project={query.project} onClose={() => set("import", "")} />}
    </>
  );
}

interface HeadProps {
  query: Query;
  trashed: boolean;
  total: number | null;
  chosen: Chosen;
  set: (name: string, value: string) => void;
}

const FORMATS = { csv: "CSV", json: "JSON", ics: "iCalendar" };

function Head({ query, trashed, total, chosen, set }: HeadProps) {
  return (
    <header class="view">
      <h1>
        {trashed ? "Trash" : "Tasks"} {total !== null && <small>{total.toLocaleString()}</small>}
      </h1>
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
        {!trashed && query.view === undefined && (
          <Menu label="Export" icon="download">
            {Object.entries(FORMATS).map(([format, words]) => (
              <button
                key={format}
                type="button"
                class="quiet"
                onClick={() => void attempt(() => save(exportPath(query, format)))}
              >
                As {words}
              </button>
            ))}
            <button type="button" class="quiet" onClick={() => set("import", "1")}>
              Import a file …
            </button>
          </Menu>
        )}
        <a class="button quiet" href={trashed ? "/tasks" : "/tasks?trashed=1"}>
          <Icon name={trashed ? "list" : "trash"} /> {trashed ? "Back to the tasks" : "Trash"}
        </a>
      </span>
    </header>
  );
}

interface RowsProps {
  pages: Pages<Signal<Task | null>>;
  chosen: Chosen;
  choose: (id: number) => void;
  trashed: boolean;
  narrowed: boolean;
}

function Rows({ pages, chosen, choose, trashed, narrowed }: RowsProps) {
  const items = pages.items.value;
  return (
    <>
      {items === null && pages.error.value === null && <Skeleton rows={14} />}
      {items?.length === 0 && <Nothing trashed={trashed} narrowed={narrowed} />}
      <ul class="tasks" aria-busy={pages.loading.value} onKeyDown={arrow}>
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
      <More pages={pages} />
    </>
  );
}

function Nothing({ trashed, narrowed }: { trashed: boolean; narrowed: boolean }) {
  if (trashed) return <Empty icon="trash" title="The trash is empty" />;
  if (!narrowed) {
    return (
      <Empty icon="list" title="No task yet">
        <p>
          Press <kbd>c</kbd> to write one down, or <a href="/tasks?import=1">import a file</a>.
        </p>
      </Empty>
    );
  }
  return (
    <Empty icon="search" title="No task matches">
      <p>
        Loosen the filters, or <a href="/tasks">see all tasks</a>.
      </p>
    </Empty>
  );
}

/** `j` and `k` go from task to task, `x` chooses one, `e` completes it. */
function useListKeys(choose: (id: number) => void): void {
  const here = (): number => Number(document.activeElement?.closest<HTMLElement>(".tasks [data-id]")?.dataset.id);
  useShortcuts({
    j: () => void step(1),
    k: () => void step(-1),
    x: () => here() > 0 && choose(here()),
    e: () => {
      const task = taskSignal(here())?.peek();
      if (task) void attempt(() => turned(task));
    },
    "/": () => document.querySelector<HTMLElement>("input[type=search]")?.focus(),
  });
}

function arrow(event: KeyboardEvent): void {
  const way = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (way !== undefined && step(way)) event.preventDefault();
}

/** Gives the focus to the task below or above the one that has it. */
function step(way: 1 | -1 | number): boolean {
  const links = [...document.querySelectorAll<HTMLElement>(".tasks a.title")];
  const row = document.activeElement?.closest(".tasks > li");
  const next = links[links.findIndex((link) => row?.contains(link)) + way] ?? (row ? undefined : links[0]);
  next?.focus();
  return next !== undefined;
}
