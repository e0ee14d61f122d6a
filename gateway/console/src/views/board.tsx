import { type Signal, useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { useLocation } from "preact-iso";
import { api, ok } from "../api/client";
import { STATUSES, type Status, type Task } from "../api/types";
import { usePages } from "../state/pages";
import { keepProjects, projects } from "../state/projects";
import { remember, taskSignal } from "../state/tasks";
import { useReloadOnChange } from "../state/use-reload";
import { Avatar } from "../ui/avatar";
import { Due, Labels, PriorityMark } from "../ui/marks";
import { STATUS_WORDS } from "../ui/words";
import { dropped, landed, pressed } from "./board-moves";

const COLUMNS = STATUSES.filter((status) => status !== "archived");

export function Board() {
  const { query, route } = useLocation();
  useEffect(() => keepProjects(), []);
  useEffect(() => void (landed.value = []), [query.project]);
  const project = Number(query.project) || undefined;
  return (
    <>
      <header class="view">
        <h1>Board</h1>
        <select
          aria-label="Project"
          value={project ?? ""}
          onChange={(event) =>
            route(event.currentTarget.value ? `/board?project=${event.currentTarget.value}` : "/board", true)
          }
        >
          <option value="">Everything</option>
          {projects.value.map((one) => (
            <option key={one.id} value={one.id}>
              {one.key} {one.name}
            </option>
          ))}
        </select>
      </header>
      <p class="unseen" id="board-keys">
        On a card, Alt and an arrow key moves it.
      </p>
      <div class="board">
        {COLUMNS.map((status) => (
          <Column key={`${status} ${project}`} status={status} project={project} />
        ))}
      </div>
    </>
  );
}

/** Bytewise, as the server orders them. */
const byPosition = (a: Signal<Task | null>, b: Signal<Task | null>): number => {
  const [first = "", second = ""] = [a.value?.position, b.value?.position];
  return first < second ? -1 : Number(first > second);
};

function Column({ status, project }: { status: Status; project: number | undefined }) {
  const over = useSignal(false);
  const pages = usePages(`${status} ${project}`, async (cursor) => {
    const query = { status: [status], project_id: project, sort: "position" as const, limit: 50, cursor };
    const page = await ok(api.GET("/api/tasks", { params: { query } }));
    return { items: remember(page.items), next_cursor: page.next_cursor };
  });
  useReloadOnChange(pages.reload);
  const known = new Set([...(pages.items.value ?? []), ...landed.value]);
  const cards = [...known].filter((entry) => entry.value?.status === status).sort(byPosition);
  return (
    <section
      class={over.value ? "column over" : "column"}
      aria-label={STATUS_WORDS[status]}
      data-status={status}
      onDragOver={(event) => {
        event.preventDefault();
        over.value = true;
      }}
      onDragLeave={() => void (over.value = false)}
      onDrop={(event) => {
        event.preventDefault();
        over.value = false;
        const task = taskSignal(Number(event.dataTransfer?.getData("text/plain")))?.peek();
        if (task) dropped(task, status, event.currentTarget, event.clientY);
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

function Card({ entry }: { entry: Signal<Task | null> }) {
  const task = entry.value;
  if (task === null) return null;
  return (
    <li
      class="task-card"
      draggable
      data-id={task.id}
      onDragStart={(event) => event.dataTransfer?.setData("text/plain", String(task.id))}
      onKeyDown={(event) => pressed(task, event)}
    >
      <a class="title" href={`/tasks/${task.id}`} draggable={false} aria-describedby="board-keys">
        {task.title}
      </a>
      <span class="facts">
        {task.key !== null && <span class="soft">{task.key}</span>}
        <PriorityMark priority={task.priority} />
        <Labels labels={task.labels} />
        <Due task={task} />
        {task.assignee_ids.slice(0, 3).map((id) => (
          <Avatar key={id} id={id} />
        ))}
      </span>
    </li>
  );
}
