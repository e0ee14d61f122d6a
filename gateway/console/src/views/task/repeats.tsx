import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { api, ok } from "../../api/client";
import type { Task, TaskChanges } from "../../api/types";
import { dayWords } from "../../ui/words";

const RULES = {
  "FREQ=DAILY": "Every day",
  "FREQ=WEEKLY": "Every week",
  "FREQ=MONTHLY": "Every month",
  "FREQ=YEARLY": "Every year",
} as const;

export function Repeats({ task, change }: { task: Task; change: (changes: TaskChanges) => void }) {
  const own = task.recurrence !== null && !(task.recurrence in RULES) ? task.recurrence : null;
  return (
    <>
      <select
        aria-label="Repeats"
        value={task.recurrence ?? ""}
        onChange={(event) => change({ recurrence: event.currentTarget.value || null })}
      >
        <option value="">never</option>
        {own !== null && <option value={own}>{own}</option>}
        {Object.entries(RULES).map(([rule, words]) => (
          <option key={rule} value={rule}>
            {words}
          </option>
        ))}
      </select>
      {task.recurrence !== null && <Next task={task} />}
    </>
  );
}

/** The next few days on which it will be due. */
function Next({ task }: { task: Task }) {
  const dates = useSignal<readonly string[]>([]);
  useEffect(() => {
    const params = { path: { task_id: task.id }, query: { count: 3 } };
    ok(api.GET("/api/tasks/{task_id}/recurrence/preview", { params }))
      .then((preview) => void (dates.value = preview.dates))
      .catch(() => undefined);
  }, [task.id, task.version]);
  if (dates.value.length === 0) return null;
  return <small class="soft">next: {dates.value.map(dayWords).join(", ")}</small>;
}
