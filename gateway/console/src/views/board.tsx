import { type Signal, useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { api, ok } from "../api/client";
import { STATUSES, type Status, type Task } from "../api/types";
import { listen } from "../live/socket";
import { usePages } from "../state/pages";
import { changeTask, remember, taskSignal } from "../state/tasks";
import { attempt } from "../state/toasts";
import { Avatar } from "../ui/avatar";
import { Due, Labels, PriorityMark } from "../ui/marks";
import { STATUS_WORDS } from "../ui/words";

const COLUMNS = STATUSES.filter((status) => status !== "archived");
const SETTLING = 400; // milliseconds

export function Board() {
  return (
    <>
      <h1>Board</h1>
      <div class="board">
        {COLUMNS.map((status) => (
          <Column key={status} status={status} />
        ))}
      </div>
    </>
  );
}

function Column({ status }: { status: Status }) {
  const over = useSignal(false);
  const pages = usePages(status, async (cursor) => {
    const query = { status: [status], sort: "position" as const, limit: 50, cursor };
    const page = await ok(api.GET("/api/tasks", { params: { query } }));
    return { items: remember(page.items), next_cursor: page.next_cursor ?? null };
  });
  useColumnReload(pages.reload);
  const cards = pages.items.value?.filter((entry) => entry.value?.status === status) ?? [];
  return (
    <section
      class={over.value ? "column over" : "column"}
      aria-label={STATUS_WORDS[status]}
      onDragOver={(event) => {
        event.preventDefault();
        over.value = true;
      }}
      onDragLeave={() => void (over.value = false)}
      onDrop={(event) => {
        event.preventDefault();
        over.value = false;
        moveTo(Number(event.dataTransfer?.getData("text/plain")), status);
      }}
    >
      <h2>
        {STATUS_WORDS[status]}{" "}
        <span class="soft">
          {cards.length}
          {pages.more.value ? "+" : ""}
        </span>
      </h2>
      <ul>
        {cards.map((entry) => (
          <Card key={entry.peek()?.id} entry={entry} />
        ))}
      </ul>
      {pages.more.value && (
        <button type="button" class="quiet" onClick={() => void pages.loadMore()}>
          Show more
        </button>
      )}
    </section>
  );
}

function moveTo(id: number, status: Status): void {
  const task = taskSignal(id)?.peek();
  if (task && task.status !== status) void attempt(() => changeTask(task, { status }));
}

function useColumnReload(reload: () => Promise<void>): void {
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

function Card({ entry }: { entry: Signal<Task | null> }) {
  const task = entry.value;
  if (task === null) return null;
  return (
    <li class="task-card" draggable onDragStart={(event) => event.dataTransfer?.setData("text/plain", String(task.id))}>
      <a class="title" href={`/tasks/${task.id}`} draggable={false}>
        {task.title}
      </a>
      <span class="facts">
        <PriorityMark priority={task.priority} />
        <Labels labels={task.labels} />
        <Due task={task} />
        {task.assignee_ids.slice(0, 3).map((id) => (
          <Avatar key={id} id={id} />
        ))}
      </span>
      <select
        class="move"
        aria-label={`Move ${task.title}`}
        value={task.status}
        onChange={(event) => moveTo(task.id, event.currentTarget.value as Status)}
      >
        {STATUSES.map((status) => (
          <option key={status} value={status}>
            {STATUS_WORDS[status]}
          </option>
        ))}
      </select>
    </li>
  );
}
