import { type Signal, useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { me } from "../../api/session";
import type { Task } from "../../api/types";
import { listen, look } from "../../live/socket";
import { projectOf } from "../../state/projects";
import { fetchTask } from "../../state/tasks";
import { Avatar } from "../../ui/avatar";

/** Where a task belongs, and who else looks at it now. */
export function Crumbs({ task }: { task: Task }) {
  const project = projectOf(task.project_id);
  return (
    <header class="crumbs">
      {project !== undefined && (
        <>
          <a href={`/projects/${project.id}`}>{project.name}</a> <span aria-hidden="true">/</span>
        </>
      )}
      {task.parent_id !== null && <Parent id={task.parent_id} />}
      <h1>{task.key ?? `Task ${task.id}`}</h1>
      <Present id={task.id} />
    </header>
  );
}

function Parent({ id }: { id: number }) {
  const entry = useSignal<Signal<Task | null> | null>(null);
  useEffect(() => {
    fetchTask(id)
      .then((found) => void (entry.value = found))
      .catch(() => undefined); // not everybody sees everything: its number is shown all the same
  }, [id]);
  return (
    <>
      <a href={`/tasks/${id}`}>{entry.value?.value?.title ?? `Task ${id}`}</a> <span aria-hidden="true">/</span>
    </>
  );
}

function Present({ id }: { id: number }) {
  const here = useSignal<readonly number[]>([]);
  useEffect(() => {
    here.value = [];
    look(id);
    const stop = listen({ presence: (task, users) => task === id && void (here.value = users) });
    return () => {
      stop();
      look(null);
    };
  }, [id]);
  const others = here.value.filter((user) => user !== me.value?.id);
  return (
    <span class="end" role="status">
      {others.length > 0 && <span class="soft">also here</span>}
      <span>
        {others.slice(0, 5).map((user) => (
          <Avatar key={user} id={user} />
        ))}
      </span>
    </span>
  );
}
