import { useSignal } from "@preact/signals";
import type { ComponentChildren, TargetedSubmitEvent } from "preact";
import { ProblemError } from "../api/problem";

interface Props {
  /** Gets what was typed, by the inputs' names. */
  // biome-ignore lint/suspicious/noExplicitAny: text, and files where there is an input for them
  onSubmit: (values: Record<string, any>) => Promise<void>;
  submit: string;
  children: (errors: Record<string, string>) => ComponentChildren;
  after?: ComponentChildren;
  /** What was typed goes once it is sent, for the next one. */
  clear?: boolean;
}

/** A form that says what is wrong at the field where it is wrong, and can be sent once at a time. */
export function Form({ onSubmit, submit, children, after, clear = false }: Props) {
  const problem = useSignal<ProblemError | null>(null);
  const busy = useSignal(false);

  async function send(event: TargetedSubmitEvent<HTMLFormElement>): Promise<void> {
    event.preventDefault();
    if (busy.peek()) return;
    busy.value = true;
    const form = event.currentTarget;
    const values = Object.fromEntries(new FormData(form));
    try {
      await onSubmit(values);
      problem.value = null;
      if (clear) form.reset();
    } catch (error) {
      if (!(error instanceof ProblemError)) throw error;
      problem.value = error;
    } finally {
      busy.value = false;
    }
  }

  const fields = problem.value?.fields ?? {};
  return (
    <form class="form" onSubmit={(event) => void send(event)}>
      {problem.value !== null && Object.keys(fields).length === 0 && (
        <p class="notice bad" role="alert">
          {problem.value.message}
        </p>
      )}
      {children(fields)}
      <div class="actions">
        <button class="primary" type="submit" aria-disabled={busy.value}>
          {submit}
        </button>
        {after}
      </div>
    </form>
  );
}
