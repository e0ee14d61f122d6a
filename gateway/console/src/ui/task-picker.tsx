import { useSignal } from "@preact/signals";
import { api, ok } from "../api/client";
import type { ListedTask } from "../api/types";

interface Props {
  label: string;
  without: readonly number[];
  choose: (id: number) => void;
}

const OFFERED = 6;

/** Finds a task by the beginnings of its words. */
export function TaskPicker({ label, without, choose }: Props) {
  const offered = useSignal<readonly ListedTask[]>([]);
  const typed = useSignal("");
  const look = async (text: string): Promise<void> => {
    typed.value = text;
    if (text.trim() === "") {
      offered.value = [];
      return;
    }
    const query = { q: text.trim(), limit: 20 };
    const page = await ok(api.GET("/api/tasks", { params: { query } })).catch(() => ({ items: [] as ListedTask[] }));
    if (typed.peek() === text) {
      offered.value = page.items.filter((task) => !without.includes(task.id ?? 0)).slice(0, OFFERED);
    }
  };
  const take = (task: ListedTask): void => {
    typed.value = "";
    offered.value = [];
    choose(task.id as number);
  };
  return (
    <div class="mentioning">
      <input
        aria-label={label}
        placeholder={label}
        maxLength={200}
        value={typed.value}
        onInput={(event) => void look(event.currentTarget.value)}
        onKeyDown={(event) => {
          const first = offered.peek()[0];
          if (event.key === "Escape") offered.value = [];
          if (event.key === "Enter" && first !== undefined) take(first);
        }}
      />
      {offered.value.length > 0 && (
        <ul class="offered">
          {offered.value.map((task) => (
            <li key={task.id}>
              <button type="button" class="quiet" onClick={() => take(task)}>
                <span class="soft">{task.key ?? `#${task.id}`}</span> {task.title}
              </button>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
