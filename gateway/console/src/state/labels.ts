import { computed, effect, signal } from "@preact/signals";
import { api, ok } from "../api/client";
import { me } from "../api/session";
import type { Label } from "../api/types";

const MOST = 1000; // labels whose colours are known

/** The labels with a colour: this person's own, and those of their projects. */
export const labels = signal<readonly Label[]>([]);

const user = computed(() => me.value?.id ?? null);
const name = (project: number | null, label: string): string => `${project ?? "own"} ${label.toLowerCase()}`;
const colours = computed(() => new Map(labels.value.map((one) => [name(one.project_id, one.name), one.color])));

export function keepLabels(): void {
  effect(() => {
    labels.value = [];
    if (user.value !== null) void readLabels().catch(() => undefined);
  });
}

export async function readLabels(): Promise<void> {
  let read: Label[] = [];
  let cursor: string | undefined;
  do {
    const page = await ok(api.GET("/api/labels", { params: { query: { limit: 100, cursor } } }));
    read = [...read, ...page.items];
    cursor = page.next_cursor ?? undefined;
  } while (cursor !== undefined && read.length < MOST);
  labels.value = read;
}

/** The colour that a word has in a project; tasks may carry words that are no labels. */
export const colourOf = (project: number | null, label: string): string | undefined =>
  colours.value.get(name(project, label));

/** The labels that a task of this project may get. */
export const labelsFor = (project: number | null): Label[] =>
  labels.value.filter((one) => one.project_id === project && (project !== null || one.owner_id === user.value));
