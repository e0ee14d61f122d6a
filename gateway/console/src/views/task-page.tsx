import { type Signal, useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { useLocation, useRoute } from "preact-iso";
import { api, ok } from "../api/client";
import { ProblemError } from "../api/problem";
import { PRIORITIES, type Priority, STATUSES, type Status, type Task } from "../api/types";
import { usePages } from "../state/pages";
import { nameOf } from "../state/people";
import { changeTask, deleteTask, fetchTask, restoreTask } from "../state/tasks";
import { attempt, say } from "../state/toasts";
import { Avatar } from "../ui/avatar";
import { Empty } from "../ui/empty";
import { Icon } from "../ui/icon";
import { agoWords, momentWords, PRIORITY_WORDS, STATUS_WORDS } from "../ui/words";

export function TaskPage() {
  const id = Number(useRoute().params.id);
  const entry = useSignal<Signal<Task | null> | null>(null);
  const missing = useSignal(false);
  useEffect(() => {
    entry.value = null;
    missing.value = false;
    fetchTask(id)
      .then((found) => void (entry.value = found))
      .catch((error: unknown) => {
        if (!(error instanceof ProblemError)) throw error;
        missing.value = true;
      });
  }, [id]);
  if (missing.value) return <Empty title="There is no such task, or it is not for you to see" />;
  if (entry.value === null) return null;
  return entry.value.value === null ? <Gone id={id} /> : <Shown task={entry.value.value} />;
}

function Gone({ id }: { id: number }) {
  return (
    <Empty title="This task is in the trash">
      <button type="button" onClick={() => void attempt(() => restoreTask(id))}>
        Bring it back
      </button>
    </Empty>
  );
}

function Shown({ task }: { task: Task }) {
  const { route } = useLocation();

  function remove(): void {
    void attempt(async () => {
      await deleteTask(task);
      say(`“${task.title}” is in the trash.`, { label: "Undo", run: () => void attempt(() => restoreTask(task.id)) });
      route("/tasks");
    });
  }

  return (
    <article class="task-page">
      <div>
        <Title task={task} />
        <Description task={task} />
        <History id={task.id} version={task.version} />
      </div>
      <aside aria-label="Properties">
        <Properties task={task} />
        <button type="button" class="quiet danger" onClick={remove}>
          <Icon name="trash" /> Move to the trash
        </button>
      </aside>
    </article>
  );
}

function Title({ task }: { task: Task }) {
  return (
    <input
      key={`${task.id}-${task.version}`}
      class="title"
      aria-label="Title"
      defaultValue={task.title}
      maxLength={200}
      required
      onKeyDown={(event) => event.key === "Enter" && event.currentTarget.blur()}
      onBlur={(event) => {
        const title = event.currentTarget.value.trim();
        if (title !== "" && title !== task.title) void attempt(() => changeTask(task, { title }));
      }}
    />
  );
}

function Description({ task }: { task: Task }) {
  return (
    <textarea
      key={`${task.id}-${task.version}`}
      class="description"
      aria-label="Description"
      placeholder="Add a description (Markdown)"
      defaultValue={task.description}
      rows={8}
      maxLength={20_000}
      onBlur={(event) => {
        const description = event.currentTarget.value;
        if (description !== task.description) void attempt(() => changeTask(task, { description }));
      }}
    />
  );
}

function Properties({ task }: { task: Task }) {
  return (
    <dl class="properties">
      <dt>Status</dt>
      <dd>
        <select
          aria-label="Status"
          value={task.status}
          onChange={(event) => void attempt(() => changeTask(task, { status: event.currentTarget.value as Status }))}
        >
          {STATUSES.map((status) => (
            <option key={status} value={status}>
              {STATUS_WORDS[status]}
            </option>
          ))}
        </select>
      </dd>
      <dt>Priority</dt>
      <dd>
        <select
          aria-label="Priority"
          value={task.priority}
          onChange={(event) =>
            void attempt(() => changeTask(task, { priority: event.currentTarget.value as Priority }))
          }
        >
          {PRIORITIES.map((priority) => (
            <option key={priority} value={priority}>
              {PRIORITY_WORDS[priority]}
            </option>
          ))}
        </select>
      </dd>
      <dt>Due</dt>
      <dd>
        <input
          type="date"
          aria-label="Due"
          value={task.due_date ?? ""}
          onChange={(event) => void attempt(() => changeTask(task, { due_date: event.currentTarget.value || null }))}
        />
      </dd>
      <dt>Assigned to</dt>
      <dd>{task.assignee_ids.length === 0 ? "nobody" : task.assignee_ids.map((id) => <Avatar key={id} id={id} />)}</dd>
      <dt>Created</dt>
      <dd>
        {nameOf(task.created_by)}, {momentWords(task.created_at)}
      </dd>
    </dl>
  );
}

function History({ id, version }: { id: number; version: number }) {
  const pages = usePages(`${id} ${version}`, async (cursor) => {
    const params = { path: { task_id: id }, query: { limit: 20, cursor } };
    const page = await ok(api.GET("/api/tasks/{task_id}/activity", { params }));
    return { items: page.items, next_cursor: page.next_cursor ?? null };
  });
  return (
    <section aria-label="History">
      <h2>History</h2>
      <ol class="history">
        {pages.items.value?.map((entry) => (
          <li key={entry.id}>
            <Avatar id={entry.actor_id ?? 0} />
            <span>
              {nameOf(entry.actor_id)} {deed(entry.action, Object.keys(entry.changes))}
              <time class="soft" dateTime={entry.occurred_at} title={momentWords(entry.occurred_at)}>
                {agoWords(entry.occurred_at)}
              </time>
            </span>
          </li>
        ))}
      </ol>
      {pages.more.value && (
        <button type="button" class="quiet" onClick={() => void pages.loadMore()}>
          Earlier
        </button>
      )}
    </section>
  );
}

function deed(action: string, fields: string[]): string {
  const verb = action.split(/[._]/).at(-1)?.replaceAll("_", " ") ?? "changed";
  if (verb !== "updated") return `${verb} it`;
  return fields.length === 0
    ? "saved it again"
    : `changed ${fields.map((name) => name.replaceAll("_", " ")).join(", ")}`;
}
