import { type Signal, useSignal } from "@preact/signals";
import { useRef } from "preact/hooks";
import type { DirectoryEntry } from "../api/types";
import { searchPeople } from "../state/people";

interface Props {
  label: string;
  text: Signal<string>;
  /** Ctrl+Enter. */
  send: () => void;
}

const MENTION = /(^|\s)@([\w.-]*)$/;
const OFFERED = 6;

const begins = ({ username, full_name }: DirectoryEntry, letters: string): boolean =>
  [username, ...full_name.split(" ")].some((name) => name.toLowerCase().startsWith(letters.toLowerCase()));

/** A text area that offers people while a `@name` is typed. */
export function MentionArea({ label, text, send }: Props) {
  const area = useRef<HTMLTextAreaElement>(null);
  const offered = useSignal<readonly DirectoryEntry[]>([]);
  const chosen = useSignal(0);

  const typed = (): string | undefined => MENTION.exec(text.peek().slice(0, area.current?.selectionStart))?.[2];
  const look = async (): Promise<void> => {
    const now = typed();
    chosen.value = 0;
    // Those who cannot be meant any more are gone at once, before the server answers.
    offered.value = now === undefined ? [] : offered.peek().filter((person) => begins(person, now));
    if (now === undefined) return;
    const found = await searchPeople(now).catch(() => []);
    if (typed() === now) offered.value = found.slice(0, OFFERED);
  };
  const take = (person: DirectoryEntry): void => {
    const end = area.current?.selectionStart ?? text.peek().length;
    const before = text.peek().slice(0, end).replace(MENTION, `$1@${person.username} `);
    text.value = before + text.peek().slice(end);
    offered.value = [];
    area.current?.focus();
  };
  const press = (event: KeyboardEvent): void => {
    const people = offered.peek();
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) send();
    else if (people.length === 0) return;
    else if (step !== undefined) chosen.value = (chosen.peek() + step + people.length) % people.length;
    else if (event.key === "Enter" || event.key === "Tab") take(people[chosen.peek()] as DirectoryEntry);
    else if (event.key === "Escape") offered.value = [];
    else return;
    event.preventDefault();
  };

  return (
    <div class="mentioning">
      <textarea
        ref={area}
        rows={3}
        aria-label={label}
        placeholder={`${label}: Markdown, @name tells somebody`}
        maxLength={20_000}
        value={text.value}
        onInput={(event) => {
          text.value = event.currentTarget.value;
          void look();
        }}
        onKeyDown={press}
      />
      {offered.value.length > 0 && (
        <ul class="offered">
          {offered.value.map((person, number) => (
            <li key={person.id}>
              <button type="button" class="quiet" aria-current={number === chosen.value} onClick={() => take(person)}>
                <strong>{person.full_name || person.username}</strong> <span class="soft">@{person.username}</span>
              </button>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
