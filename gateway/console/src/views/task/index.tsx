import { type Signal, useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { useLocation, useRoute } from "preact-iso";
import { ProblemError } from "../../api/problem";
import type { Task } from "../../api/types";
import { listen } from "../../live/socket";
import { deleteTask, duplicateTask, fetchTask, restoreTask } from "../../state/tasks";
import { attempt, say } from "../../state/toasts";
import { Empty } from "../../ui/empty";
import { Icon } from "../../ui/icon";
import { Skeleton } from "../../ui/skeleton";
import { About } from "./about";
import { Comments } from "./comments";
import { Crumbs } from "./crumbs";
import { Files } from "./files";
import { History } from "./history";
import { Mute } from "./mute";
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
  if (missing.value) {
    return (
      <Empty icon="search" title="There is no such task, or it is not for you to see">
        <a href="/tasks">To the tasks</a>
      </Empty>
    );
  }
  if (entry.value === null) return <Skeleton rows={8} />;
  return entry.value.value === null ? <Gone id={id} /> : <Shown task={entry.value.value} />;
}

function Gone({ id }: { id: number }) {
  return (
    <Empty icon="trash" title="This task is in the trash">
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
        <div class="about">
          <Crumbs task={task} />
          <About key={task.id} task={task} />
        </div>
        <Parts task={task} />
        <Files id={task.id} />
        <Comments id={task.id} />
        <Time task={task} />
        <History id={task.id} version={task.version} />
      </div>
      <aside aria-label="Properties" class="card">
        <Properties task={task} />
        <div class="deeds">
          <Mute task={task} />
          <button type="button" class="quiet" onClick={duplicate}>
            <Icon name="copy" /> Duplicate
          </button>
          <button type="button" class="quiet danger" onClick={remove}>
            <Icon name="trash" /> Move to the trash
          </button>
        </div>
      </aside>
    </article>
  );
}
