import { signal } from "@preact/signals";
import { api, ok } from "../api/client";
import type { Project } from "../api/types";

/** The projects that this person is in, as far as a page shows them. */
export const projects = signal<readonly Project[]>([]);

let known = false;

/** Reads them once, and again after `forgetProjects`. */
export function keepProjects(): void {
  if (known) return;
  known = true;
  ok(api.GET("/api/projects", { params: { query: { limit: 100 } } }))
    .then((page) => void (projects.value = page.items))
    .catch(() => void (known = false));
}

export function forgetProjects(): void {
  known = false;
  keepProjects();
}
