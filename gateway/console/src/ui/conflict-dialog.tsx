import { useSignal } from "@preact/signals";
import type { TaskChanges } from "../api/types";
import { type Conflict, conflict } from "../state/conflict";
import { nameOf } from "../state/people";
import { projectOf } from "../state/projects";
import { changeTask } from "../state/tasks";
import { attempt } from "../state/toasts";
import { Dialog } from "./dialog";

type Field = keyof TaskChanges & keyof Conflict["theirs"];
type Side = "theirs" | "mine";

/** Somebody else saved first. Both versions stand side by side, and nothing is overwritten unasked. */
export function ConflictDialog() {
  const now = conflict.value;
  return now === null ? null : <Choices key={now.theirs.version} now={now} />;
}

function Choices({ now }: { now: Conflict }) {
  const fields = Object.keys(now.changes) as Field[];
  const chosen = useSignal<Partial<Record<Field, Side>>>({});
  const close = (): void => void (conflict.value = null);
  const save = (): void => {
    close();
    const mine = fields.filter((name) => chosen.peek()[name] === "mine");
    const changes = Object.fromEntries(mine.map((name) => [name, now.changes[name]])) as TaskChanges;
    if (mine.length > 0) void attempt(() => changeTask(now.theirs, changes));
  };
  const all = (side: Side): void =>
    void (chosen.value = Object.fromEntries(fields.map((name) => [name, side])) as Record<Field, Side>);
  return (
    <Dialog title="Somebody changed this task meanwhile" onClose={close} wide>
      <form
        class="form"
        onSubmit={(event) => {
          event.preventDefault();
          save();
        }}
      >
        <p>Your change is not saved yet. Choose which version of it is to stay.</p>
        {fields.map((name) => (
          <fieldset class="versions" key={name}>
            <legend>{name.replaceAll("_", " ")}</legend>
            {(["theirs", "mine"] as const).map((side) => (
              <label key={side} class="version">
                <span class="check">
                  <input
                    type="radio"
                    name={name}
                    checked={(chosen.value[name] ?? "theirs") === side}
                    onChange={() => void (chosen.value = { ...chosen.peek(), [name]: side })}
                  />
                  <span class="soft">{side === "theirs" ? "Theirs, as it is now" : "Yours"}</span>
                </span>
                <output>{shown(name, side === "theirs" ? now.theirs[name] : now.changes[name])}</output>
              </label>
            ))}
          </fieldset>
        ))}
        <div class="actions">
          <button type="submit" class="primary">
            Save the choice
          </button>
          {fields.length > 1 && (
            <>
              <button type="button" class="quiet" onClick={() => all("theirs")}>
                All of theirs
              </button>
              <button type="button" class="quiet" onClick={() => all("mine")}>
                All of mine
              </button>
            </>
          )}
        </div>
      </form>
    </Dialog>
  );
}

function shown(name: Field, value: unknown): string {
  if (Array.isArray(value)) return value.map((one) => shown(name, one)).join(", ") || "nothing";
  if (value === null || value === undefined || value === "") return "nothing";
  if (name === "assignee_ids") return nameOf(Number(value));
  if (name === "project_id") return projectOf(Number(value))?.name ?? String(value);
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}
