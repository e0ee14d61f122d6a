import { api, ok, onceOnly } from "../../api/client";
import { type BulkChange, PRIORITIES, type Priority, STATUSES, type Status } from "../../api/types";
import { attempt, say } from "../../state/toasts";
import { PersonPicker } from "../../ui/person-picker";
import { PRIORITY_WORDS, STATUS_WORDS } from "../../ui/words";

interface Props {
  chosen: ReadonlySet<number>;
  trashed: boolean;
  chooseAll: () => void;
  /** After something was done to them. */
  done: () => void;
}

/** What can be done to all chosen tasks at once; each that cannot be changed is left as it is. */
export function BulkBar({ chosen, trashed, chooseAll, done }: Props) {
  const act = (change: BulkChange): void =>
    void attempt(async () => {
      const body = { ...change, ids: [...chosen], atomic: false };
      const { matched, changed, results } = await ok(api.POST("/api/tasks/bulk", { headers: onceOnly(), body }));
      const refused = results.find((one) => one.error);
      const undo = change.action === "delete" && changed > 0 ? { label: "Undo", run: restore } : undefined;
      say(`${changed} of ${matched} changed.`, undo, refused === undefined ? "good" : "bad");
      done();
    });
  const restore = (): void => {
    const body = { action: "restore" as const, ids: [...chosen], atomic: false };
    void attempt(() => ok(api.POST("/api/tasks/bulk", { headers: onceOnly(), body }))).then(done);
  };
  return (
    <div class="bulk" role="toolbar" aria-label="Selected tasks">
      <strong aria-live="polite">{chosen.size} selected</strong>
      <button type="button" class="quiet" onClick={chooseAll}>
        All that are shown
      </button>
      {chosen.size > 0 && (trashed ? <Restore act={act} /> : <Changes act={act} />)}
    </div>
  );
}

type Act = { act: (change: BulkChange) => void };

function Restore({ act }: Act) {
  return (
    <button type="button" onClick={() => act({ action: "restore" })}>
      Restore
    </button>
  );
}

function Changes({ act }: Act) {
  return (
    <>
      <Pick
        label="Set the status"
        words={STATUS_WORDS}
        order={STATUSES}
        pick={(status: Status) => act({ action: "update", set: { status } })}
      />
      <Pick
        label="Set the priority"
        words={PRIORITY_WORDS}
        order={PRIORITIES}
        pick={(priority: Priority) => act({ action: "update", set: { priority } })}
      />
      <input
        type="date"
        aria-label="Set the due date"
        onChange={(event) => {
          if (event.currentTarget.value) act({ action: "update", set: { due_date: event.currentTarget.value } });
        }}
      />
      <PersonPicker
        label="Assign to"
        without={[]}
        choose={(id) => act({ action: "update", set: { assignee_ids: [id] } })}
      />
      <button type="button" class="danger" onClick={() => act({ action: "delete" })}>
        To the trash
      </button>
    </>
  );
}

interface PickProps<Value extends string> {
  label: string;
  words: Record<Value, string>;
  order: readonly Value[];
  pick: (value: Value) => void;
}

/** A choice that does something each time, and shows its own name again afterwards. */
function Pick<Value extends string>({ label, words, order, pick }: PickProps<Value>) {
  return (
    <select aria-label={label} value="" onChange={(event) => pick(event.currentTarget.value as Value)}>
      <option value="">{label}</option>
      {order.map((value) => (
        <option key={value} value={value}>
          {words[value]}
        </option>
      ))}
    </select>
  );
}
