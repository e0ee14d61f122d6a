import { signal } from "@preact/signals";
import type { Task, TaskChanges } from "../api/types";

/** Two people changed one task: what it was, what it is now, and what was about to be written here. */
export interface Conflict {
  before: Task;
  theirs: Task;
  changes: TaskChanges;
}

export const conflict = signal<Conflict | null>(null);
