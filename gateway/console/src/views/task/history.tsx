import { api, ok, onceOnly } from "../../api/client";
import type { Activity } from "../../api/types";
import { usePages } from "../../state/pages";
import { rememberOne } from "../../state/tasks";
import { attempt } from "../../state/toasts";
import { Deeds } from "../../ui/deeds";

export function History({ id, version }: { id: number; version: number }) {
  const pages = usePages(`${id} ${version}`, (cursor) =>
    ok(api.GET("/api/tasks/{task_id}/activity", { params: { path: { task_id: id }, query: { limit: 20, cursor } } })),
  );
  const revert = (entry: Activity): void =>
    void attempt(async () => {
      const path = { task_id: id, event_id: entry.id };
      rememberOne(
        await ok(
          api.POST("/api/tasks/{task_id}/activity/{event_id}/revert", { params: { path }, headers: onceOnly() }),
        ),
      );
    });
  return (
    <section aria-label="History">
      <h2>History</h2>
      <Deeds pages={pages} revert={revert} />
    </section>
  );
}
