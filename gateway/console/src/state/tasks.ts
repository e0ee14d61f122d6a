import { type Signal, signal } from "@preact/signals";
import { api, ok, onceOnly } from "../api/client";
import { ProblemError } from "../api/problem";
import type { ListedTask, NewTask, Task, TaskChanges, TaskMove } from "../api/types";
import { listen } from "../live/socket";
import { conflict } from "./conflict";

/** Each task that any view shows, once, at its newest known version; null once it is gone. */
const known = new Map<number, Signal<Task | null>>();

export function taskSignal(id: number): Signal<Task | null> | undefined {
  return known.get(id);
}

/** Takes in what the server said of whole tasks; an older version never replaces a newer one. */
export function remember(tasks: readonly (Task | ListedTask)[]): Signal<Task | null>[] {
  return (tasks as readonly Task[]).map((task) => {
    const entry = known.get(task.id) ?? signal<Task | null>(task);
    if (entry.value === null || entry.value.version <= task.version) entry.value = task;
    known.set(task.id, entry);
    return entry;
  });
}

export function rememberOne(task: Task): Signal<Task | null> {
  return remember([task])[0] as Signal<Task | null>;
}

listen({
  task: ({ action, task }) => {
    const entry = known.get(task.id);
    if (entry === undefined) return;
    if (action === "task_deleted") entry.value = null;
    else remember([task]);
  },
});

export async function fetchTask(id: number): Promise<Signal<Task | null>> {
  return rememberOne(await ok(api.GET("/api/tasks/{task_id}", { params: { path: { task_id: id } } })));
}

export async function createTask(body: NewTask): Promise<Task> {
  const task = await ok(api.POST("/api/tasks", { body, headers: onceOnly() }));
  rememberOne(task);
  return task;
}

/**
 * Changes fields of the version that is shown here. When somebody else changed the same fields first, nothing is
 * overwritten: the person is shown both, and decides. Changes to different fields do not conflict.
 */
export async function changeTask(shown: Task, changes: TaskChanges): Promise<void> {
  const entry = rememberOne(shown);
  const before = entry.peek() ?? shown;
  entry.value = { ...before, ...changes } as Task; // at once; taken back when it is refused
  try {
    replace(entry, await patch(shown, changes));
  } catch (error) {
    if (entry.peek()?.version === before.version) entry.value = before;
    if (!(error instanceof ProblemError) || error.status !== 412) throw error;
    const theirs = (await fetchTask(shown.id)).value;
    if (theirs === null) return;
    if (touched(shown, theirs, changes)) conflict.value = { before: shown, theirs, changes };
    else await changeTask(theirs, changes);
  }
}

function patch(shown: Task, body: TaskChanges): Promise<Task> {
  const params = { path: { task_id: shown.id } };
  return ok(api.PATCH("/api/tasks/{task_id}", { params, headers: { "If-Match": `"${shown.version}"` }, body }));
}

const touched = (before: Task, after: Task, changes: TaskChanges): boolean =>
  (Object.keys(changes) as (keyof Task & keyof TaskChanges)[]).some(
    (name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]),
  );

/** What was guessed for this version gives way to what the server made of it. */
function replace(entry: Signal<Task | null>, saved: Task): void {
  const now = entry.peek();
  if (now === null || now.version <= saved.version) entry.value = saved;
}

/** A copy with what says what is to be done; who had it and what was said stays with the first one. */
export function duplicateTask(task: Task): Promise<Task> {
  const { title, description, priority, due_date, labels, project_id, parent_id, estimate_minutes, assignee_ids } =
    task;
  const copied = { description, priority, due_date, labels, project_id, parent_id, estimate_minutes, assignee_ids };
  return createTask({ title, ...copied });
}

export async function moveTask(task: Task, to: TaskMove): Promise<void> {
  const params = { path: { task_id: task.id } };
  rememberOne(await ok(api.POST("/api/tasks/{task_id}/move", { params, headers: onceOnly(), body: to })));
}

export async function deleteTask(task: Task): Promise<void> {
  await ok(api.DELETE("/api/tasks/{task_id}", { params: { path: { task_id: task.id } } }));
  const entry = known.get(task.id);
  if (entry !== undefined) entry.value = null;
}

export async function restoreTask(id: number): Promise<void> {
  rememberOne(
    await ok(api.POST("/api/tasks/{task_id}/restore", { params: { path: { task_id: id } }, headers: onceOnly() })),
  );
}
