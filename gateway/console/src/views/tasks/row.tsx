import type { Signal } from "@preact/signals";
import type { Task } from "../../api/types";
import { changeTask, restoreTask } from "../../state/tasks";
import { attempt } from "../../state/toasts";
import { Avatar } from "../../ui/avatar";
import { Due, Labels, PriorityMark, StatusMark } from "../../ui/marks";

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
  const done = task.status === "completed";
  return (
    <li class={done ? "done" : undefined} data-id={task.id}>
      {chosen === undefined ? (
        <input
          type="checkbox"
          aria-label={`Completed: ${task.title}`}
          checked={done}
          disabled={trashed}
          onChange={() => void attempt(() => changeTask(task, { status: done ? "todo" : "completed" }))}
        />
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
      {trashed ? (
        <span class="title">{task.title}</span>
      ) : (
        <a class="title" href={`/tasks/${task.id}`}>
          {task.title}
        </a>
      )}
      <span class="facts">
        <Labels labels={task.labels} />
        <StatusMark status={task.status} />
        <Due task={task} />
        {task.assignee_ids.slice(0, 3).map((id) => (
          <Avatar key={id} id={id} />
        ))}
        {trashed && (
          <button type="button" onClick={() => void attempt(() => restoreTask(task.id)).then(reload)}>
            Restore
          </button>
        )}
      </span>
    </li>
  );
}
