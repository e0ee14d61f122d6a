import { me } from "../../api/session";
import type { Conditions, Priority, Status } from "../../api/types";

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
export function conditions({ q, status, priority, mine, overdue, project }: Query): Partial<Conditions> {
  return {
    ...(q && { q }),
    ...(status && { status: [status as Status] }),
    ...(priority && { priority: [priority as Priority] }),
    ...(mine && me.value !== null && { assigned_user: me.value.id }),
    ...(overdue && { overdue: true }),
    ...(Number(project) && { project_id: Number(project) }),
  };
}

export const isNarrowed = (query: Query): boolean =>
  Object.entries(query).some(([name, value]) => value !== "" && name !== "trashed" && name !== "view");
