import { type Signal, useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { useLocation, useRoute } from "preact-iso";
import { ProblemError } from "../../api/problem";
import type { Task } from "../../api/types";
import { listen } from "../../live/socket";
import { deleteTask, duplicateTask, fetchTask, restoreTask } from "../../state/tasks";
import { attempt, say } from "../../state/toasts";
import { useDraft } from "../../ui/draft";
import { Empty } from "../../ui/empty";
import { Icon } from "../../ui/icon";
import { Comments } from "./comments";
import { Files } from "./files";
import { History } from "./history";
import { Parts } from "./parts";
import { Properties } from "./properties";
import { Time } from "./time";

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
  useEffect(() => listen({ reset: () => void fetchTask(id).catch(() => undefined) }), [id]);
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
        <h1 class="soft key">{task.key ?? `Task ${task.id}`}</h1>
        <Title key={task.id} task={task} />
        <Description key={-task.id} task={task} />
        <Parts task={task} />
        <Files id={task.id} />
        <Comments id={task.id} />
        <Time task={task} />
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
  const draft = useDraft(task, "title");
  return (
    <textarea
      class="title"
      aria-label="Title"
      value={draft.value}
      rows={1}
      maxLength={200}
      required
      onInput={(event) => draft.typing(event.currentTarget.value.replaceAll("\n", " "))}
      onKeyDown={(event) => {
        if (event.key !== "Enter") return;
        event.preventDefault();
        event.currentTarget.blur();
      }}
      onBlur={() => draft.save((text) => text.trim() !== "")}
    />
  );
}

function Description({ task }: { task: Task }) {
  const draft = useDraft(task, "description");
  return (
    <textarea
      class="description"
      aria-label="Description"
      placeholder="Add a description (Markdown)"
      value={draft.value}
      rows={3}
      maxLength={20_000}
      onInput={(event) => draft.typing(event.currentTarget.value)}
      onBlur={() => draft.save()}
    />
  );
}
