import { useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { PRIORITIES, STATUSES } from "../../api/types";
import { projects } from "../../state/projects";
import { Dialog } from "../../ui/dialog";
import { Icon } from "../../ui/icon";
import { PRIORITY_WORDS, STATUS_WORDS } from "../../ui/words";
import { isNarrowed, type Query, SORTS, type Sort } from "./asked";

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
  const all = useSignal(false);
  return (
    <search class={all.value || first ? "filters all" : "filters"}>
      <Search query={query} set={set} />
      <button
        type="button"
        class="more"
        aria-expanded={all.value}
        aria-pressed={isNarrowed(query)}
        onClick={() => void (all.value = !all.peek())}
      >
        <Icon name="filter" /> Filters
      </button>
      <Choice name="status" all="Any status" words={STATUS_WORDS} order={STATUSES} query={query} set={set} />
      <Choice name="priority" all="Any priority" words={PRIORITY_WORDS} order={PRIORITIES} query={query} set={set} />
      {projects.value.length > 0 && (
        <Choice
          name="project"
          all="Any project"
          words={Object.fromEntries(projects.value.map(({ id, key, name }) => [id, `${key} ${name}`]))}
          order={projects.value.map(({ id }) => String(id))}
          query={query}
          set={set}
        />
      )}
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
  const told = useSignal(false);
  return (
    <span class="language">
      <span>
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
        <button
          type="button"
          class="quiet square"
          aria-label="How to write a filter"
          title="How to write a filter"
          onClick={() => void (told.value = true)}
        >
          <Icon name="help" />
        </button>
      </span>
      {told.value && <LanguageHelp onClose={() => void (told.value = false)} />}
      {wrong !== undefined && (
        <small class="wrong" id="filter-wrong" role="alert">
          {wrong}
        </small>
      )}
    </span>
  );
}

const EXPLAINED = [
  ["priority>=high and due<today+7d", "important, and due within a week"],
  ["assignee=me and status in (todo, in_progress)", "what I have to do"],
  ["label in (bug, ui) and not label=done", "these labels, and not that one"],
  ["title~invoice or comment~invoice", "a word, or its beginning"],
  ["due is empty and created<today-30d", "no due date, and older than a month"],
  ["project=WEB and (overdue=true or priority=urgent)", "parentheses"],
  ["updated>now-2h", "changed in the last two hours"],
] as const;

function LanguageHelp({ onClose }: { onClose: () => void }) {
  return (
    <Dialog title="How to write a filter" onClose={onClose} wide>
      <p>
        Terms such as <code>priority&gt;=high</code>, joined by <code>and</code>, <code>or</code>, <code>not</code> and
        parentheses. Signs: <code>= != &lt; &lt;= &gt; &gt;= ~ !~ in, is empty</code>. Fields: status, priority, due,
        overdue, assignee, created_by, label, project, parent, title, description, comment, text, estimate, created,
        updated, completed, id, key, custom.name.
      </p>
      <table class="plain">
        <tbody>
          {EXPLAINED.map(([filter, words]) => (
            <tr key={filter}>
              <td>
                <code>{filter}</code>
              </td>
              <td class="soft">{words}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Dialog>
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
