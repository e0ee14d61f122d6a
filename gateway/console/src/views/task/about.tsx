import { useSignal } from "@preact/signals";
import type { Task } from "../../api/types";
import { changeTask } from "../../state/tasks";
import { attempt } from "../../state/toasts";
import { useDraft } from "../../ui/draft";
import { Icon } from "../../ui/icon";
import { Markdown, ticked } from "../../ui/markdown";

/** What a task is called and what it says, both written where they stand. */
export function About({ task }: { task: Task }) {
  return (
    <>
      <Title task={task} />
      <Description task={task} />
    </>
  );
}

function Title({ task }: { task: Task }) {
  const draft = useDraft(task, "title");
  return (
    <textarea
      class="title"
      aria-label="Title"
      value={draft.value}
      rows={1}
      maxLength={200}
      required
      onInput={(event) => draft.typing(event.currentTarget.value.replaceAll("\n", " "))}
      onKeyDown={(event) => {
        if (event.key === "Escape") draft.leave();
        else if (event.key !== "Enter") return;
        event.preventDefault();
        event.currentTarget.blur();
      }}
      onBlur={() => draft.save((text) => text.trim() !== "")}
    />
  );
}

function Description({ task }: { task: Task }) {
  const writing = useSignal(false);
  const draft = useDraft(task, "description");
  if (!writing.value) return <Shown task={task} write={() => void (writing.value = true)} />;
  return (
    <textarea
      class="description"
      aria-label="Description"
      placeholder="Markdown; Ctrl+Enter saves, Escape leaves it as it was"
      value={draft.value}
      rows={4}
      maxLength={20_000}
      ref={(area) => area?.focus()}
      onInput={(event) => draft.typing(event.currentTarget.value)}
      onKeyDown={(event) => {
        if (event.key === "Escape") draft.leave();
        else if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
        event.preventDefault();
        event.currentTarget.blur();
      }}
      onBlur={() => {
        draft.save();
        writing.value = false;
      }}
    />
  );
}

function Shown({ task, write }: { task: Task; write: () => void }) {
  if (task.description === "") {
    return (
      <button type="button" class="quiet description soft" onClick={write}>
        <Icon name="pencil" /> Add a description
      </button>
    );
  }
  const tick = (line: number): void =>
    void attempt(() => changeTask(task, { description: ticked(task.description, line) }));
  return (
    <div class="described">
      {/* biome-ignore lint/a11y/noStaticElementInteractions: the button beside it does the same */}
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: the button beside it does the same */}
      <div
        class="description shown prose"
        onClick={(event) => {
          const { target } = event;
          const chosen = getSelection()?.isCollapsed === false;
          if (!chosen && !(target as HTMLElement).closest("a, input")) write();
        }}
      >
        <Markdown text={task.description} tick={tick} />
      </div>
      <button type="button" class="quiet square" aria-label="Edit the description" onClick={write}>
        <Icon name="pencil" />
      </button>
    </div>
  );
}
