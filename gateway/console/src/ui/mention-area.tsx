import { type Signal, useSignal } from "@preact/signals";
import { useId, useRef } from "preact/hooks";
import type { DirectoryEntry } from "../api/types";
import { searchPeople } from "../state/people";
import { Avatar } from "./avatar";

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
  const id = useId();
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

  const open = offered.value.length > 0;
  return (
    <div class="choosing">
      <textarea
        ref={area}
        rows={3}
        aria-label={label}
        aria-controls={open ? id : undefined}
        aria-activedescendant={open ? `${id}-${chosen.value}` : undefined}
        placeholder={`${label}: Markdown, @name tells somebody`}
        maxLength={20_000}
        value={text.value}
        onInput={(event) => {
          text.value = event.currentTarget.value;
          void look();
        }}
        onKeyDown={press}
        onBlur={() => void (offered.value = [])}
      />
      {open && (
        <div class="offered" role="listbox" id={id} aria-label="People">
          {offered.value.map((person, number) => (
            // The keys are the text area's, which keeps the focus.
            // biome-ignore lint/a11y/useKeyWithClickEvents: see above
            <div
              key={person.id}
              id={`${id}-${number}`}
              role="option"
              tabIndex={-1}
              aria-selected={number === chosen.value}
              onMouseDown={(event) => event.preventDefault()}
              onClick={() => take(person)}
            >
              <Avatar id={person.id} />
              <span class="grow">
                {person.full_name || person.username} <span class="soft">@{person.username}</span>
              </span>
            </div>
          ))}
        </div>
      )}
    </div>
  );
}
