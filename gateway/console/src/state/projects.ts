import { computed, effect, signal } from "@preact/signals";
import { api, ok } from "../api/client";
import { me } from "../api/session";
import type { Project } from "../api/types";
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

export const projectOf = (id: number | null): Project | undefined => projects.value.find((one) => one.id === id);
