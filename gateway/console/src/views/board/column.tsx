import { type Signal, useSignal } from "@preact/signals";
import { api, ok } from "../../api/client";
import { me } from "../../api/session";
import type { Task } from "../../api/types";
import { usePages } from "../../state/pages";
import { createTask, remember, taskSignal } from "../../state/tasks";
import { attempt } from "../../state/toasts";
import { useReloadOnChange } from "../../state/use-reload";
import { More } from "../../ui/listing";
import { Assignees, Dot, Due, Labels, PriorityMark, Subtasks } from "../../ui/marks";
import { Skeleton } from "../../ui/skeleton";
import { type ColumnOf, dropped, isIn, landed, pressed, type Spot, spotAt } from "./moves";

/** Bytewise, as the server orders them. */
const byPosition = (a: Signal<Task | null>, b: Signal<Task | null>): number => {
  const [first = "", second = ""] = [a.value?.position, b.value?.position];
  return first < second ? -1 : Number(first > second);
};

const filterOf = ({ first, category }: ColumnOf, id: number): string =>
  first ? `column=${id} or (column is empty and status=${category})` : `column=${id}`;

interface Props {
  column: ColumnOf;
  columns: readonly ColumnOf[];
  project: number | null;
  mine: boolean;
  /** The card that is being dragged. */
  held: Signal<number | null>;
}

export function Column({ column, columns, project, mine, held }: Props) {
  const spot = useSignal<Spot | null>(null);
  const pages = usePages(`${column.key} ${project} ${mine}`, async (cursor) => {
    const query = {
      ...("status" in column.to ? { status: [column.to.status] } : { filter: filterOf(column, column.to.status_id) }),
      project_id: project ?? undefined,
      assigned_user: mine ? me.value?.id : undefined,
      sort: "position" as const,
      limit: 50,
      count: cursor === undefined ? true : undefined,
      cursor,
    };
    const page = await ok(api.GET("/api/tasks", { params: { query } }));
    return { items: remember(page.items), next_cursor: page.next_cursor, total: page.total };
  });
  useReloadOnChange(pages.reload);
  const all = new Set([...(pages.items.value ?? []), ...landed.value]);
  const cards = [...all].filter((entry) => entry.value !== null && isIn(entry.value, column)).sort(byPosition);
  const over = (event: DragEvent): void => {
    event.preventDefault();
    spot.value = spotAt(event.currentTarget as HTMLElement, event.clientY, held.peek());
  };
  const drop = (event: DragEvent): void => {
    event.preventDefault();
    const to = spotAt(event.currentTarget as HTMLElement, event.clientY, held.peek());
    spot.value = null;
    const task = taskSignal(Number(event.dataTransfer?.getData("text/plain")))?.peek();
    if (task) dropped(task, column, to);
  };
  const leave = (event: DragEvent): void => {
    if (!(event.currentTarget as HTMLElement).contains(event.relatedTarget as Node)) spot.value = null;
  };
  return (
    <section
      class={spot.value === null ? "column" : "column over"}
      aria-label={column.name}
      onDragOver={over}
      onDragLeave={leave}
      onDrop={drop}
    >
      <h2>
        {column.color !== null && <Dot color={column.color} />}
        {column.name} <span class="soft">{(pages.total.value ?? cards.length).toLocaleString()}</span>
      </h2>
      <div class="scroll" tabIndex={cards.length > 0 ? undefined : 0}>
        {pages.items.value === null && <Skeleton rows={6} />}
        <ul>
          {cards.map((entry) => (
            <Card key={entry.peek()?.id} entry={entry} columns={columns} held={held} spot={spot.value} />
          ))}
        </ul>
        <More pages={pages} />
      </div>
      <Add column={column} project={project} added={pages.reload} />
    </section>
  );
}

/** Writes a task down into this column. */
function Add({ column, project, added }: { column: ColumnOf; project: number | null; added: () => Promise<void> }) {
  const title = useSignal("");
  const add = (event: SubmitEvent): void => {
    event.preventDefault();
    const words = title.peek().trim();
    if (words === "") return;
    void attempt(async () => {
      await createTask({ title: words, project_id: project, ...column.to });
      title.value = "";
      await added();
    });
  };
  return (
    <form onSubmit={add}>
      <input
        aria-label={`Add a task to ${column.name}`}
        placeholder="+ Add a task"
        maxLength={200}
        value={title.value}
        onInput={(event) => void (title.value = event.currentTarget.value)}
      />
    </form>
  );
}

interface CardProps {
  entry: Signal<Task | null>;
  columns: readonly ColumnOf[];
  held: Signal<number | null>;
  spot: Spot | null;
}

function Card({ entry, columns, held, spot }: CardProps) {
  const task = entry.value;
  if (task === null) return null;
  const looks = [
    "task-card",
    held.value === task.id && "held",
    spot?.before === task.id && "above",
    spot?.after === task.id && "below",
  ];
  return (
    <li
      class={looks.filter(Boolean).join(" ")}
      draggable
      data-id={task.id}
      onDragStart={(event) => {
        event.dataTransfer?.setData("text/plain", String(task.id));
        held.value = task.id;
      }}
      onDragEnd={() => void (held.value = null)}
      onKeyDown={(event) => pressed(task, columns, event)}
    >
      <a class="title" href={`/tasks/${task.id}`} draggable={false} aria-describedby="board-keys">
        {task.title}
      </a>
      {task.labels.length > 0 && (
        <span class="facts">
          <Labels task={task} />
        </span>
      )}
      <span class="facts">
        <PriorityMark priority={task.priority} />
        {task.key !== null && <span class="key">{task.key}</span>}
        <Due task={task} />
        <Subtasks task={task} />
        <span class="facts end">
          <Assignees task={task} />
        </span>
      </span>
    </li>
  );
}
