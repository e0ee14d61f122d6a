import { api, ok } from "../../api/client";
import { me } from "../../api/session";
import type { Conditions, Priority, Status, Task } from "../../api/types";
import type { Page } from "../../state/pages";
import { remember } from "../../state/tasks";

/** What stands behind the `?` of the list's address. */
export type Query = Record<string, string>;

export const SORTS = {
  "-created_at": "Newest first",
  "-updated_at": "Changed last",
  due_date: "Due first",
  "-priority": "Most urgent first",
  position: "As on the board",
} as const;

export type Sort = keyof typeof SORTS;

/** The address as conditions of the API. */
export function conditions({ q, status, priority, mine, overdue, project, label }: Query): Partial<Conditions> {
  return {
    ...(q && { q }),
    ...(status && { status: [status as Status] }),
    ...(priority && { priority: [priority as Priority] }),
    ...(label && { label: [label] }),
    ...(mine && me.value !== null && { assigned_user: me.value.id }),
    ...(overdue && { overdue: true }),
    ...(Number(project) && { project_id: Number(project) }),
  };
}

const NARROWING = ["q", "status", "priority", "label", "mine", "overdue", "project", "filter", "sort"];

export const isNarrowed = (query: Query): boolean => NARROWING.some((name) => Boolean(query[name]));

/** A page of what the address asks for. */
export async function load(
  query: Query,
  cursor: string | undefined,
): Promise<Page<ReturnType<typeof remember>[number]>> {
  const { view, filter, sort, trashed } = query;
  const asked = {
    ...conditions(query),
    filter: filter || undefined,
    sort: (sort || undefined) as Sort | undefined,
    trashed: trashed ? true : undefined,
  };
  const page = { limit: 50, cursor, count: cursor === undefined ? true : undefined };
  const call = view
    ? api.GET("/api/views/{view_id}/tasks", { params: { path: { view_id: Number(view) }, query: page } })
    : api.GET("/api/tasks", { params: { query: { ...asked, ...page } } });
  const { items, next_cursor, total } = await ok(call);
  return { items: remember(items as Task[]), next_cursor, total };
}

/** Where the file is that holds what the address asks for. */
export function exportPath(query: Query, format: string): string {
  const asked = new URLSearchParams({ format, ...(query.filter && { filter: query.filter }) });
  for (const [name, value] of Object.entries(conditions(query))) {
    for (const one of [value].flat()) asked.append(name, String(one));
  }
  return `/api/tasks/export?${asked}`;
}
