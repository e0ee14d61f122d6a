import { useSignal } from "@preact/signals";
import type { DirectoryEntry } from "../api/types";
import { searchPeople } from "../state/people";

interface Props {
  label: string;
  without: readonly number[];
  choose: (id: number) => void;
}

const OFFERED = 8;

/** Finds people by the beginning of their names. */
export function PersonPicker({ label, without, choose }: Props) {
  const offered = useSignal<readonly DirectoryEntry[]>([]);
  const typed = useSignal("");
  const look = async (text: string): Promise<void> => {
    typed.value = text;
    const found = await searchPeople(text.trim()).catch(() => []);
    if (typed.peek() === text) offered.value = found.filter((person) => !without.includes(person.id)).slice(0, OFFERED);
  };
  const take = (id: number): void => {
    typed.value = "";
    offered.value = [];
    choose(id);
  };
  return (
    <div class="mentioning">
      <input
        aria-label={label}
        placeholder={label}
        value={typed.value}
        onFocus={() => void look(typed.peek())}
        onInput={(event) => void look(event.currentTarget.value)}
        onKeyDown={(event) => {
          const first = offered.peek()[0];
          if (event.key === "Escape") offered.value = [];
          if (event.key === "Enter" && first !== undefined) take(first.id);
        }}
        onBlur={(event) => {
          const next = event.relatedTarget as HTMLElement | null;
          if (next?.closest(".offered") === null || next === null) offered.value = [];
        }}
      />
      {offered.value.length > 0 && (
        <ul class="offered">
          {offered.value.map((person) => (
            <li key={person.id}>
              <button type="button" class="quiet" onClick={() => take(person.id)}>
                <strong>{person.full_name || person.username}</strong> <span class="soft">@{person.username}</span>
              </button>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
