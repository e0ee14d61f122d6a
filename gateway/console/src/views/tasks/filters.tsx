import { useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { PRIORITIES, STATUSES } from "../../api/types";
import { PRIORITY_WORDS, STATUS_WORDS } from "../../ui/words";
import { type Query, SORTS, type Sort } from "./asked";

const TYPING = 250; // milliseconds of rest before a search starts
const EXAMPLE = "priority>=high and due<today+7d and label in (bug, ui)";

interface Props {
  query: Query;
  set: (name: string, value: string) => void;
  /** What is wrong with the filter, and where. */
  wrong: string | undefined;
  /** Whether the filter is what somebody came for. */
  first: boolean;
  children: ComponentChildren;
}

export function Filters({ query, set, wrong, first, children }: Props) {
  return (
    <search class="filters">
      <Search query={query} set={set} />
      <Choice name="status" all="Any status" words={STATUS_WORDS} order={STATUSES} query={query} set={set} />
      <Choice name="priority" all="Any priority" words={PRIORITY_WORDS} order={PRIORITIES} query={query} set={set} />
      <Choice
        name="sort"
        all="Newest first"
        words={SORTS}
        order={Object.keys(SORTS).slice(1) as Sort[]}
        query={query}
        set={set}
      />
      <Tick name="mine" text="Assigned to me" query={query} set={set} />
      <Tick name="overdue" text="Overdue" query={query} set={set} />
      <span class="break" />
      <Language key={query.filter ?? ""} query={query} set={set} wrong={wrong} first={first} />
      {children}
    </search>
  );
}

type Part = Pick<Props, "query" | "set">;

function Search({ query, set }: Part) {
  const typed = useSignal(query.q ?? "");
  useEffect(() => {
    const timer = setTimeout(() => {
      if (typed.value !== (query.q ?? "")) set("q", typed.value);
    }, TYPING);
    return () => clearTimeout(timer);
  }, [typed.value]);
  return (
    <input
      type="search"
      aria-label="Search"
      placeholder="Search"
      value={typed.value}
      onInput={(event) => void (typed.value = event.currentTarget.value)}
    />
  );
}

/** The small language of `filter=`; it is asked when somebody has written it out. */
function Language({ query, set, wrong, first }: Part & Pick<Props, "wrong" | "first">) {
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (first) input.current?.focus();
  }, [first]);
  return (
    <span class="language">
      <input
        aria-label="Filter"
        placeholder={`Filter: ${EXAMPLE}`}
        defaultValue={query.filter ?? ""}
        ref={input}
        spellcheck={false}
        maxLength={2000}
        aria-invalid={wrong !== undefined}
        aria-describedby={wrong && "filter-wrong"}
        onChange={(event) => set("filter", event.currentTarget.value.trim())}
        onKeyDown={(event) => event.key === "Enter" && set("filter", event.currentTarget.value.trim())}
      />
      {wrong !== undefined && (
        <small class="wrong" id="filter-wrong" role="alert">
          {wrong}
        </small>
      )}
    </span>
  );
}

function Tick({ name, text, query, set }: Part & { name: string; text: string }) {
  return (
    <label class="check">
      <input
        type="checkbox"
        checked={query[name] === "1"}
        onChange={(event) => set(name, event.currentTarget.checked ? "1" : "")}
      />
      {text}
    </label>
  );
}

interface ChoiceProps<Value extends string> {
  name: string;
  all: string;
  words: Record<Value, string>;
  order: readonly Value[];
  query: Record<string, string>;
  set: (name: string, value: string) => void;
}

function Choice<Value extends string>({ name, all, words, order, query, set }: ChoiceProps<Value>) {
  return (
    <select aria-label={name} value={query[name] ?? ""} onChange={(event) => set(name, event.currentTarget.value)}>
      <option value="">{all}</option>
      {order.map((value) => (
        <option key={value} value={value}>
          {words[value]}
        </option>
      ))}
    </select>
  );
}
