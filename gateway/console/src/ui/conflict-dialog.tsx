import type { Task } from "../api/types";
import { type Conflict, conflict } from "../state/conflict";
import { changeTask } from "../state/tasks";
import { attempt } from "../state/toasts";
import { Dialog } from "./dialog";

const shown = (value: unknown): string =>
  value === null || value === undefined || value === ""
    ? "nothing"
    : Array.isArray(value)
      ? value.join(", ") || "nothing"
      : String(value);

/** Somebody else saved first. Both versions stand side by side, and nothing is overwritten unasked. */
export function ConflictDialog() {
  const now = conflict.value;
  if (now === null) return null;
  const close = (): void => void (conflict.value = null);
  return (
    <Dialog title="Somebody changed this task meanwhile" onClose={close}>
      <p>Your change was not saved yet. These are both versions of what you changed:</p>
      <table class="plain">
        <thead>
          <tr>
            <th scope="col">Field</th>
            <th scope="col">Now</th>
            <th scope="col">Yours</th>
          </tr>
        </thead>
        <tbody>
          {Object.keys(now.changes).map((name) => fieldOf(now, name as keyof Task & keyof Conflict["changes"]))}
        </tbody>
      </table>
      <div class="actions">
        <button type="button" class="primary" onClick={close}>
          Keep theirs
        </button>
        <button
          type="button"
          onClick={() => {
            close();
            void attempt(() => changeTask(now.theirs, now.changes));
          }}
        >
          Save mine over it
        </button>
      </div>
    </Dialog>
  );
}

function fieldOf(now: Conflict, name: keyof Task & keyof Conflict["changes"]) {
  return (
    <tr key={name}>
      <th scope="row">{name.replaceAll("_", " ")}</th>
      <td>{shown(now.theirs[name])}</td>
      <td>{shown(now.changes[name])}</td>
    </tr>
  );
}
