import type { Signal } from "@preact/signals";
import type { Task } from "../../api/types";
import { changeTask, restoreTask } from "../../state/tasks";
import { attempt } from "../../state/toasts";
import { Assignees, Due, Labels, PriorityMark, StatusMark, Subtasks } from "../../ui/marks";

interface Props {
  entry: Signal<Task | null>;
  /** Whether it is chosen; undefined while nothing is being chosen. */
  chosen: boolean | undefined;
  choose: (id: number) => void;
  trashed: boolean;
  reload: () => Promise<void>;
}

export function Row({ entry, chosen, choose, trashed, reload }: Props) {
  const task = entry.value;
  if (task === null) return null;
  return (
    <li class={task.status === "completed" ? "done" : undefined} data-id={task.id}>
      {chosen === undefined ? (
        <Completed task={task} disabled={trashed} />
      ) : (
        <input
          type="checkbox"
          class="chosen"
          aria-label={`Select: ${task.title}`}
          checked={chosen}
          onChange={() => choose(task.id)}
        />
      )}
      <PriorityMark priority={task.priority} />
      <span class="key">{task.key}</span>
      {trashed ? (
        <span class="title">{task.title}</span>
      ) : (
        <a class="title" href={`/tasks/${task.id}`}>
          {task.title}
        </a>
      )}
      <span class="facts labels">
        <Subtasks task={task} />
        <Labels task={task} />
      </span>
      <span class="facts">{task.status !== "todo" && <StatusMark status={task.status} />}</span>
      <span class="facts">
        <Due task={task} />
      </span>
      <span class="facts">
        <Assignees task={task} />
        {trashed && (
          <button type="button" onClick={() => void attempt(() => restoreTask(task.id)).then(reload)}>
            Restore
          </button>
        )}
      </span>
    </li>
  );
}

export const turned = (task: Task): Promise<void> =>
  changeTask(task, { status: task.status === "completed" ? "todo" : "completed" });

export function Completed({ task, disabled = false }: { task: Task; disabled?: boolean }) {
  return (
    <input
      type="checkbox"
      aria-label={`Completed: ${task.title}`}
      checked={task.status === "completed"}
      disabled={disabled}
      onChange={() => void attempt(() => turned(task))}
    />
  );
}
