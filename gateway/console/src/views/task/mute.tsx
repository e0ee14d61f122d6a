import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { api, ok } from "../../api/client";
import type { Task } from "../../api/types";
import { attempt } from "../../state/toasts";
import { Icon } from "../../ui/icon";

/** Whether this person hears of what happens to a task. */
export function Mute({ task }: { task: Task }) {
  const muted = useSignal(false);
  const params = { path: { task_id: task.id } };
  useEffect(() => {
    ok(api.GET("/api/notifications/mutes", { params: { query: { limit: 100 } } }))
      .then(({ items }) => void (muted.value = items.some((one) => one.task_id === task.id)))
      .catch(() => undefined);
  }, [task.id]);
  const turn = (): void =>
    void attempt(async () => {
      if (muted.peek()) await ok(api.DELETE("/api/notifications/mutes/tasks/{task_id}", { params }));
      else await ok(api.PUT("/api/notifications/mutes/tasks/{task_id}", { params }));
      muted.value = !muted.peek();
    });
  return (
    <button type="button" class="quiet" aria-pressed={muted.value} onClick={turn}>
      <Icon name={muted.value ? "bellOff" : "bell"} /> {muted.value ? "Muted" : "Mute"}
    </button>
  );
}
