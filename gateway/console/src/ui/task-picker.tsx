import { api, ok } from "../api/client";
import type { ListedTask } from "../api/types";
import { Combobox } from "./combobox";

interface Props {
  label: string;
  without: readonly number[];
  choose: (id: number) => void;
}

const OFFERED = 6;

/** Tasks by the beginnings of their words. */
export async function searchTasks(q: string): Promise<ListedTask[]> {
  return (await ok(api.GET("/api/tasks", { params: { query: { q, limit: 20 } } }))).items;
}

/** Finds a task to choose. */
export function TaskPicker({ label, without, choose }: Props) {
  return (
    <Combobox
      label={label}
      maxLength={200}
      find={async (q) => (await searchTasks(q)).filter(({ id = 0 }) => !without.includes(id)).slice(0, OFFERED)}
      keyOf={({ id = 0 }) => id}
      show={(task) => (
        <>
          <span class="key">{task.key ?? `#${task.id}`}</span>
          <span class="grow">{task.title}</span>
        </>
      )}
      choose={({ id }) => choose(id as number)}
    />
  );
}
