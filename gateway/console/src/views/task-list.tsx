import { type Signal, useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { useLocation } from "preact-iso";
import { api, ok } from "../api/client";
import { me } from "../api/session";
import { PRIORITIES, type Priority, STATUSES, type Status, type Task } from "../api/types";
import { usePages } from "../state/pages";
import { changeTask, remember } from "../state/tasks";
import { attempt } from "../state/toasts";
import { useReloadOnChange } from "../state/use-reload";
import { Avatar } from "../ui/avatar";
import { Empty } from "../ui/empty";
import { Due, Labels, PriorityMark, StatusMark } from "../ui/marks";
import { PRIORITY_WORDS, STATUS_WORDS } from "../ui/words";

const SORTS = {
  "-created_at": "Newest first",
  "-updated_at": "Changed last",
  due_date: "Due first",
  "-priority": "Most urgent first",
  position: "As on the board",
} as const;
const TYPING = 250; // milliseconds of rest before a search starts

type Sort = keyof typeof SORTS;

/** The list's filters are in the address, so that it can be kept, sent and gone back to. */
export function TaskList() {
  const { query, path, route } = useLocation();
  const set = (name: string, value: string): void => {
    const next = new URLSearchParams(query);
    if (value === "") next.delete(name);
    else next.set(name, value);
    route(`${path}?${next}`, true);
  };
  const pages = usePages(JSON.stringify(query), async (cursor) => {
    const page = await ok(api.GET("/api/tasks", { params: { query: { ...asked(query), limit: 50, cursor } } }));
    return { items: remember(page.items), next_cursor: page.next_cursor ?? null };
  });
  useReloadOnChange(pages.reload);
  const items = pages.items.value;
  return (
    <>
      <h1>Tasks</h1>
      <Filters query={query} set={set} />
      {pages.error.value !== null && <p class="notice bad">{pages.error.value.message}</p>}
      {items?.length === 0 && (
        <Empty title="No task matches">
          <p>Loosen the filters, or press c to write one down.</p>
        </Empty>
      )}
      <ul class="tasks" aria-busy={pages.loading.value} onKeyDown={walk}>
        {items?.map((entry) => (
          <Row key={entry.peek()?.id} entry={entry} />
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

function asked(query: Record<string, string>) {
  const { q, status, priority, mine, sort, overdue, project, filter, trashed } = query;
  return {
    q: q || undefined,
    status: status ? [status as Status] : undefined,
    priority: priority ? [priority as Priority] : undefined,
    assigned_user: mine ? me.value?.id : undefined,
    overdue: overdue ? true : undefined,
    project_id: Number(project) || undefined,
    filter: filter || undefined,
    trashed: trashed ? true : undefined,
    sort: (sort || undefined) as Sort | undefined,
  };
}

/** Arrow keys (or j and k) go from task to task. */
function walk(event: KeyboardEvent): void {
  const step = { ArrowDown: 1, j: 1, ArrowUp: -1, k: -1 }[event.key];
  if (step === undefined) return;
  const links = [...(event.currentTarget as HTMLElement).querySelectorAll<HTMLElement>("a.title")];
  const next = links[links.indexOf(document.activeElement as HTMLElement) + step];
  if (next === undefined) return;
  event.preventDefault();
  next.focus();
}

function Filters({ query, set }: { query: Record<string, string>; set: (name: string, value: string) => void }) {
  const typed = useSignal(query.q ?? "");
  useEffect(() => {
    const timer = setTimeout(() => {
      if (typed.value !== (query.q ?? "")) set("q", typed.value);
    }, TYPING);
    return () => clearTimeout(timer);
  }, [typed.value]);
  return (
    <search class="filters">
      <input
        type="search"
        aria-label="Search"
        placeholder="Search"
        value={typed.value}
        onInput={(event) => void (typed.value = event.currentTarget.value)}
      />
      <Choice name="status" all="Any status" words={STATUS_WORDS} order={STATUSES} query={query} set={set} />
      <Choice name="priority" all="Any priority" words={PRIORITY_WORDS} order={PRIORITIES} query={query} set={set} />
      <Choice
        name="sort"
        all="Newest first"
        words={SORTS}
        order={Object.keys(SORTS).slice(1) as Sort[]}
        query={query}
        set={set}
      />
      <label class="check">
        <input
          type="checkbox"
          checked={query.mine === "1"}
          onChange={(e) => set("mine", e.currentTarget.checked ? "1" : "")}
        />
        Assigned to me
      </label>
      <label class="check">
        <input
          type="checkbox"
          checked={query.overdue === "1"}
          onChange={(e) => set("overdue", e.currentTarget.checked ? "1" : "")}
        />
        Overdue
      </label>
    </search>
  );
}

interface ChoiceProps<Value extends string> {
  name: string;
  all: string;
  words: Record<Value, string>;
  order: readonly Value[];
  query: Record<string, string>;
  set: (name: string, value: string) => void;
}

function Choice<Value extends string>({ name, all, words, order, query, set }: ChoiceProps<Value>) {
  return (
    <select aria-label={name} value={query[name] ?? ""} onChange={(event) => set(name, event.currentTarget.value)}>
      <option value="">{all}</option>
      {order.map((value) => (
        <option key={value} value={value}>
          {words[value]}
        </option>
      ))}
    </select>
  );
}

function Row({ entry }: { entry: Signal<Task | null> }) {
  const task = entry.value;
  if (task === null) return null;
  const done = task.status === "completed";
  return (
    <li class={done ? "done" : undefined}>
      <input
        type="checkbox"
        aria-label={`Completed: ${task.title}`}
        checked={done}
        onChange={() => void attempt(() => changeTask(task, { status: done ? "todo" : "completed" }))}
      />
      <PriorityMark priority={task.priority} />
      <a class="title" href={`/tasks/${task.id}`}>
        {task.title}
      </a>
      <span class="facts">
        <Labels labels={task.labels} />
        <StatusMark status={task.status} />
        <Due task={task} />
        {task.assignee_ids.slice(0, 3).map((id) => (
          <Avatar key={id} id={id} />
        ))}
      </span>
    </li>
  );
}
