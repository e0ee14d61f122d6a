import { api, ok } from "../api/client";
import type { ProjectStatus } from "../api/types";
import { type Pages, usePages } from "./pages";

export function useStatusPages(project: number | null): Pages<ProjectStatus> {
  return usePages(`statuses ${project}`, async (cursor) =>
    project === null
      ? { items: [] }
      : ok(
          api.GET("/api/projects/{project_id}/statuses", {
            params: { path: { project_id: project }, query: { limit: 100, cursor } },
          }),
        ),
  );
}

/** The statuses that a project has of its own; empty for the four that every task has, null until they are known. */
export function useStatuses(project: number | null): readonly ProjectStatus[] | null {
  return useStatusPages(project).items.value;
}
