import { api, ok } from "../../api/client";
import { usePages } from "../../state/pages";
import { Deeds } from "../../ui/deeds";

export function History({ id, version }: { id: number; version: number }) {
  const pages = usePages(`${id} ${version}`, (cursor) =>
    ok(api.GET("/api/tasks/{task_id}/activity", { params: { path: { task_id: id }, query: { limit: 20, cursor } } })),
  );
  return (
    <section aria-label="History">
      <h2>History</h2>
      <Deeds pages={pages} />
    </section>
  );
}
