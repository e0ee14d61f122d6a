import { useSignal } from "@preact/signals";
import type { Task } from "../api/types";
import { changeTask } from "../state/tasks";
import { attempt } from "../state/toasts";

interface Draft {
  value: string;
  typing: (text: string) => void;
  /** Saves what was typed, if it says something else and `fits`. */
  save: (fits?: (text: string) => boolean) => void;
  /** Forgets what was typed. */
  leave: () => void;
}

/**
 * What somebody is typing into a field of a task stays in it whatever others save meanwhile, and is saved against the
 * version at which the typing began.
 */
export function useDraft(task: Task, name: "title" | "description"): Draft {
  const draft = useSignal<{ from: Task; text: string } | null>(null);
  return {
    value: draft.value?.text ?? task[name],
    leave: () => void (draft.value = null),
    typing: (text) => void (draft.value = { from: draft.peek()?.from ?? task, text }),
    save: (fits = () => true) => {
      const now = draft.peek();
      draft.value = null;
      if (now === null || now.text === now.from[name] || !fits(now.text)) return;
      void attempt(() => changeTask(now.from, { [name]: now.text }));
    },
  };
}
