import { useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useEffect, useId, useRef } from "preact/hooks";

interface Props<Item> {
  label: string;
  find: (text: string) => Promise<readonly Item[]> | readonly Item[];
  keyOf: (item: Item) => string | number;
  show: (item: Item) => ComponentChildren;
  choose: (item: Item) => void;
  /** Offers something before anything is typed, as soon as the focus is here. */
  atOnce?: boolean;
  /** The list stays open, as part of a dialog. */
  standing?: boolean;
  autoFocus?: boolean;
  maxLength?: number;
  /** Enter, when nothing is offered. */
  enter?: (text: string) => void;
}

/** An input that offers what begins like what is typed; arrow keys go through it, Enter takes it. */
export function Combobox<Item>(props: Props<Item>) {
  const { label, find, keyOf, show, choose, atOnce = false, standing = false, enter, ...input } = props;
  const id = useId();
  const typed = useSignal("");
  const offered = useSignal<readonly Item[]>([]);
  const at = useSignal(0);
  const list = useRef<HTMLDivElement>(null);
  const found = useRef({ text: "", enter: false }); // what is offered now belongs to this text

  const look = async (text: string): Promise<void> => {
    typed.value = text;
    found.current.enter = false;
    const items = text.trim() === "" && !atOnce ? [] : await Promise.resolve(find(text.trim())).catch(() => []);
    if (typed.peek() !== text) return;
    const { enter: waiting } = found.current;
    found.current = { text, enter: false };
    offered.value = items;
    at.value = 0;
    // Enter came before the answer: it meant the first of what was typed, not of what was offered before.
    if (waiting && items[0] !== undefined) take(items[0]);
  };
  useEffect(() => {
    if (standing) void look("");
  }, []);
  useEffect(() => {
    list.current?.children[at.value]?.scrollIntoView({ block: "nearest" });
  }, [at.value]);

  const take = (item: Item): void => {
    typed.value = found.current.text = "";
    if (!standing) offered.value = [];
    choose(item);
  };
  const press = (event: KeyboardEvent): void => {
    const items = offered.peek();
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const item = items[at.peek()];
    if (step !== undefined && items.length > 0) at.value = (at.peek() + step + items.length) % items.length;
    else if (event.key === "Enter" && found.current.text !== typed.peek()) found.current.enter = true;
    else if (event.key === "Enter" && item !== undefined) take(item);
    else if (event.key === "Enter" && enter !== undefined && typed.peek().trim() !== "") {
      enter(typed.peek().trim());
      typed.value = "";
    } else if (event.key === "Escape" && items.length > 0 && !standing) offered.value = [];
    else return;
    event.preventDefault();
  };

  const open = offered.value.length > 0;
  return (
    <div class={standing ? "choosing standing" : "choosing"}>
      <input
        {...input}
        role="combobox"
        aria-label={label}
        placeholder={label}
        aria-expanded={open}
        aria-controls={open ? id : undefined}
        aria-activedescendant={open ? `${id}-${at.value}` : undefined}
        aria-autocomplete="list"
        autoComplete="off"
        value={typed.value}
        onFocus={() => !standing && atOnce && void look(typed.peek())}
        onInput={(event) => void look(event.currentTarget.value)}
        onKeyDown={press}
        onBlur={() => !standing && void (offered.value = [])}
      />
      {open && (
        <div class="offered" role="listbox" id={id} aria-label={label} ref={list}>
          {offered.value.map((item, number) => (
            // The keys are the input's: it keeps the focus, and says which one is meant.
            // biome-ignore lint/a11y/useKeyWithClickEvents: see above
            <div
              key={keyOf(item)}
              id={`${id}-${number}`}
              role="option"
              aria-selected={number === at.value}
              tabIndex={-1}
              onMouseDown={(event) => event.preventDefault()}
              onClick={() => take(item)}
            >
              {show(item)}
            </div>
          ))}
        </div>
      )}
    </div>
  );
}
