import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { api, ok } from "../../api/client";
import { ProblemError } from "../../api/problem";
import type { Task, TaskChanges } from "../../api/types";
import { Dialog } from "../../ui/dialog";
import { Icon } from "../../ui/icon";
import {
  FREQUENCIES,
  type Frequency,
  type Rhythm,
  readRule,
  ruleWords,
  WEEKDAYS,
  type Weekday,
  writeRule,
} from "../../ui/recurrence";
import { dayLabel } from "../../ui/words";

const USUAL: Rhythm = { every: "WEEKLY", interval: 1, days: [], until: "", count: "" };
const PREVIEWED = 5; // days

export function Repeats({ task, change }: { task: Task; change: (changes: TaskChanges) => void }) {
  const open = useSignal(false);
  return (
    <>
      <button type="button" class="quiet value" onClick={() => void (open.value = true)}>
        {task.recurrence === null ? <span class="soft">never</span> : ruleWords(task.recurrence)}
      </button>
      {task.recurrence !== null && <Preview rule={task.recurrence} from={task.due_date} count={3} />}
      {open.value && (
        <Editor
          task={task}
          onClose={() => void (open.value = false)}
          save={(recurrence) => {
            open.value = false;
            change({ recurrence });
          }}
        />
      )}
    </>
  );
}

interface EditorProps {
  task: Task;
  save: (rule: string | null) => void;
  onClose: () => void;
}

function Editor({ task, save, onClose }: EditorProps) {
  const rhythm = useSignal<Rhythm | null>(task.recurrence === null ? USUAL : readRule(task.recurrence));
  const written = useSignal(task.recurrence ?? "");
  const now = rhythm.value;
  const rule = now === null ? written.value.trim() : writeRule(now);
  return (
    <Dialog title="Repeats" onClose={onClose}>
      <form
        class="form"
        onSubmit={(event) => {
          event.preventDefault();
          save(rule || null);
        }}
      >
        {now === null ? (
          <div class="field">
            <label for="rule">Rule (RFC 5545)</label>
            <input
              id="rule"
              value={written.value}
              maxLength={300}
              spellcheck={false}
              onInput={(event) => void (written.value = event.currentTarget.value)}
            />
          </div>
        ) : (
          <Parts now={now} set={(part) => void (rhythm.value = { ...now, ...part })} />
        )}
        <Preview rule={rule} from={task.due_date} count={PREVIEWED} />
        <div class="actions">
          <button type="submit" class="primary">
            Save
          </button>
          {task.recurrence !== null && (
            <button type="button" onClick={() => save(null)}>
              Do not repeat
            </button>
          )}
          {now !== null && (
            <button
              type="button"
              class="quiet"
              onClick={() => {
                written.value = rule;
                rhythm.value = null;
              }}
            >
              Write the rule
            </button>
          )}
        </div>
      </form>
    </Dialog>
  );
}

function Parts({ now, set }: { now: Rhythm; set: (part: Partial<Rhythm>) => void }) {
  const turn = (day: Weekday): void => {
    const days = now.days.includes(day) ? now.days.filter((one) => one !== day) : [...now.days, day];
    set({ days: (Object.keys(WEEKDAYS) as Weekday[]).filter((one) => days.includes(one)) });
  };
  return (
    <>
      <div class="row">
        <div class="field">
          <label for="interval">Every</label>
          <input
            id="interval"
            type="number"
            min={1}
            max={999}
            required
            value={now.interval}
            onInput={(event) => set({ interval: Math.max(1, Number(event.currentTarget.value)) })}
          />
        </div>
        <div class="field">
          <label for="frequency">Unit</label>
          <select
            id="frequency"
            value={now.every}
            onChange={(event) => set({ every: event.currentTarget.value as Frequency })}
          >
            {Object.entries(FREQUENCIES).map(([every, unit]) => (
              <option key={every} value={every}>
                {now.interval === 1 ? unit : `${unit}s`}
              </option>
            ))}
          </select>
        </div>
      </div>
      {now.every === "WEEKLY" && (
        <fieldset>
          <legend>On</legend>
          {(Object.keys(WEEKDAYS) as Weekday[]).map((day) => (
            <label class="check" key={day}>
              <input type="checkbox" checked={now.days.includes(day)} onChange={() => turn(day)} /> {WEEKDAYS[day]}
            </label>
          ))}
        </fieldset>
      )}
      <div class="row">
        <div class="field">
          <label for="until">Until</label>
          <input
            id="until"
            type="date"
            value={now.until}
            onInput={(event) => set({ until: event.currentTarget.value, count: "" })}
          />
        </div>
        <div class="field">
          <label for="count">Or so many times</label>
          <input
            id="count"
            type="number"
            min={1}
            value={now.count}
            onInput={(event) => set({ count: event.currentTarget.value, until: "" })}
          />
        </div>
      </div>
    </>
  );
}

/** The next days of a rule, as the server counts them. */
function Preview({ rule, from, count }: { rule: string; from: string | null; count: number }) {
  const said = useSignal<{ dates: readonly string[]; wrong?: string } | null>(null);
  useEffect(() => {
    let current = true;
    const body = { recurrence: rule, due_date: from, count };
    const tell = (what: typeof said.value): void => {
      if (current) said.value = what;
    };
    if (rule === "") tell(null);
    else {
      ok(api.POST("/api/tasks/recurrence/preview", { body }))
        .then(tell)
        .catch((error: unknown) => {
          if (error instanceof ProblemError) tell({ dates: [], wrong: error.fields.recurrence ?? error.message });
        });
    }
    return () => {
      current = false;
    };
  }, [rule, from, count]);
  if (said.value === null) return null;
  const { dates, wrong } = said.value;
  return (
    <small class={wrong === undefined ? "soft next" : "wrong next"} role="status">
      {wrong ?? (
        <>
          <Icon name="again" /> {dates.length === 0 ? "It ends here." : dates.map(dayLabel).join(" · ")}
        </>
      )}
    </small>
  );
}
