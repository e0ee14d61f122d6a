import { type Signal, useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { api, ok } from "../../api/client";
import type { Task } from "../../api/types";
import { usePages } from "../../state/pages";
import { changeTask, createTask, fetchTask, remember } from "../../state/tasks";
import { attempt } from "../../state/toasts";
import { Icon } from "../../ui/icon";
import { More } from "../../ui/listing";
import { Assignees, Due, StatusMark } from "../../ui/marks";
import { TaskPicker } from "../../ui/task-picker";
import { Completed } from "../tasks/row";

/** What a task is made of, and what it waits for. */
export function Parts({ task }: { task: Task }) {
  const key = `${task.id} ${task.subtasks.total} ${task.subtasks.completed}`;
  const pages = usePages(key, async (cursor) => {
    const query = { parent_id: task.id, sort: "position" as const, limit: 100, cursor };
    const page = await ok(api.GET("/api/tasks", { params: { query } }));
    return { items: remember(page.items), next_cursor: page.next_cursor };
  });
  const title = useSignal("");
  const add = (): void =>
    void attempt(async () => {
      if (title.peek().trim() === "") return;
      await createTask({ title: title.peek().trim(), parent_id: task.id, project_id: task.project_id });
      title.value = "";
      await pages.reload();
    });
  return (
    <>
      <section aria-label="Subtasks" class="stack">
        <h2>
          Subtasks{" "}
          {task.subtasks.total > 0 && (
            <span class="soft">
              {task.subtasks.completed} of {task.subtasks.total}
            </span>
          )}
        </h2>
        {task.subtasks.total > 0 && (
          <progress value={task.subtasks.completed} max={task.subtasks.total} aria-label="Subtasks completed" />
        )}
        <ul class="rows">
          {pages.items.value?.map((entry) => (
            <Part key={entry.peek()?.id} entry={entry} />
          ))}
        </ul>
        <More pages={pages} />
        <form
          class="write"
          onSubmit={(event) => {
            event.preventDefault();
            add();
          }}
        >
          <input
            aria-label="New subtask"
            placeholder="New subtask"
            maxLength={200}
            value={title.value}
            onInput={(event) => void (title.value = event.currentTarget.value)}
          />
          <button type="submit">Add</button>
        </form>
      </section>
      <Blockers task={task} />
    </>
  );
}

function Part({ entry }: { entry: Signal<Task | null> }) {
  const part = entry.value;
  if (part === null) return null;
  return (
    <li class={part.status === "completed" ? "done" : undefined}>
      <Completed task={part} />
      <a class="title" href={`/tasks/${part.id}`}>
        {part.title}
      </a>
      <span class="facts">
        <Due task={part} />
        <Assignees task={part} />
      </span>
    </li>
  );
}

function Blockers({ task }: { task: Task }) {
  return (
    <section aria-label="Waits for" class="stack">
      <h2>Waits for</h2>
      <ul class="rows">
        {task.blocked_by.map((id) => (
          <Blocker key={id} id={id} task={task} />
        ))}
      </ul>
      <TaskPicker
        label="Wait for another task"
        without={[task.id, ...task.blocked_by]}
        choose={(id) => void attempt(() => changeTask(task, { blocked_by: [...task.blocked_by, id] }))}
      />
    </section>
  );
}

function Blocker({ id, task }: { id: number; task: Task }) {
  const entry = useSignal<Signal<Task | null> | null>(null);
  useEffect(() => {
    fetchTask(id)
      .then((found) => void (entry.value = found))
      .catch(() => undefined); // not everybody sees everything: its number is shown all the same
  }, [id]);
  const blocker = entry.value?.value;
  const free = (): void =>
    void attempt(() => changeTask(task, { blocked_by: task.blocked_by.filter((one) => one !== id) }));
  return (
    <li>
      <span class="key">{blocker?.key}</span>
      <a class="title" href={`/tasks/${id}`}>
        {blocker?.title ?? `Task ${id}`}
      </a>
      {blocker && <StatusMark status={blocker.status} />}
      <button type="button" class="quiet square" aria-label={`Do not wait for task ${id}`} onClick={free}>
        <Icon name="close" />
      </button>
    </li>
  );
}
