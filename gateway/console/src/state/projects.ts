import { computed, effect, signal } from "@preact/signals";
import { api, ok, onceOnly } from "../api/client";
import { me } from "../api/session";
import type { Project, ProjectChanges } from "../api/types";
import { listen } from "../live/socket";

/** The projects that this person is in, by name, as far as a page shows them. */
export const projects = signal<readonly Project[]>([]);

const user = computed(() => me.value?.id ?? null);

/** Knows them from the moment somebody signs in, and when they change. */
export function keepProjects(): void {
  const quietly = (): void => void readProjects().catch(() => undefined);
  effect(() => {
    projects.value = [];
    if (user.value !== null) quietly();
  });
  listen({ project: quietly, reset: quietly });
}

export async function readProjects(): Promise<void> {
  const page = await ok(api.GET("/api/projects", { params: { query: { limit: 100, sort: "name" } } }));
  projects.value = page.items;
}

/** Changes the version that is shown here, or says that there is a newer one. */
export async function changeProject({ id, version }: Project, body: ProjectChanges): Promise<Project> {
  const params = { path: { project_id: id } };
  const headers = { "If-Match": `"${version}"` };
  const next = await ok(api.PATCH("/api/projects/{project_id}", { params, headers, body }));
  await readProjects();
  return next;
}

/** Out of the trash, with its tasks. */
export async function restoreProject(id: number): Promise<void> {
  const params = { path: { project_id: id } };
  await ok(api.POST("/api/projects/{project_id}/restore", { params, headers: onceOnly() }));
  await readProjects();
}

export const projectOf = (id: number | null): Project | undefined => projects.value.find((one) => one.id === id);
