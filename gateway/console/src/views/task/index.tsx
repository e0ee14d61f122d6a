import { type Signal, useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { useLocation, useRoute } from "preact-iso";
import { ProblemError } from "../../api/problem";
import type { Task } from "../../api/types";
import { changeTask, deleteTask, duplicateTask, fetchTask, restoreTask } from "../../state/tasks";
import { attempt, say } from "../../state/toasts";
import { Empty } from "../../ui/empty";
import { Icon } from "../../ui/icon";
import { Comments } from "./comments";
import { Files } from "./files";
import { History } from "./history";
import { Parts } from "./parts";
import { Properties } from "./properties";

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

  const remove = (): void =>
    void attempt(async () => {
      await deleteTask(task);
      say(`“${task.title}” is in the trash.`, { label: "Undo", run: () => void attempt(() => restoreTask(task.id)) });
      route("/tasks");
    });
  const duplicate = (): void => void attempt(async () => route(`/tasks/${(await duplicateTask(task)).id}`));

  return (
    <article class="task-page">
      <div>
        {task.key !== null && <span class="soft">{task.key}</span>}
        <Title task={task} />
        <Description task={task} />
        <Parts task={task} />
        <Files id={task.id} />
        <Comments id={task.id} />
        <History id={task.id} version={task.version} />
      </div>
      <aside aria-label="Properties">
        <Properties task={task} />
        <button type="button" class="quiet" onClick={duplicate}>
          <Icon name="add" /> Duplicate
        </button>
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
      rows={6}
      maxLength={20_000}
      onBlur={(event) => {
        const description = event.currentTarget.value;
        if (description !== task.description) void attempt(() => changeTask(task, { description }));
      }}
    />
  );
}
