import { api, ok, onceOnly } from "../../api/client";
import { me } from "../../api/session";
import type { Task } from "../../api/types";
import { usePages } from "../../state/pages";
import { attempt } from "../../state/toasts";
import { Avatar } from "../../ui/avatar";

/** Who is told of what happens to a task without having it. */
export function Watchers({ task }: { task: Task }) {
  const path = { task_id: task.id };
  const pages = usePages(`watchers ${task.id}`, (cursor) =>
    ok(api.GET("/api/tasks/{task_id}/watchers", { params: { path, query: { limit: 100, cursor } } })),
  );
  const watchers = pages.items.value?.map((watcher) => watcher.user_id) ?? [];
  const self = me.value?.id ?? 0;
  const watching = watchers.includes(self);
  const turn = (): void =>
    void attempt(() =>
      watching
        ? ok(api.DELETE("/api/tasks/{task_id}/watchers/{user_id}", { params: { path: { ...path, user_id: self } } }))
        : ok(api.POST("/api/tasks/{task_id}/watchers", { params: { path }, headers: onceOnly(), body: {} })),
    ).then(pages.reload);
  return (
    <span class="facts">
      {watchers.slice(0, 8).map((id) => (
        <Avatar key={id} id={id} />
      ))}
      {watchers.length > 8 && <span class="soft">and {watchers.length - 8} more</span>}
      <button type="button" class="quiet" aria-pressed={watching} onClick={turn}>
        {watching ? "Stop watching" : "Watch"}
      </button>
    </span>
  );
}
