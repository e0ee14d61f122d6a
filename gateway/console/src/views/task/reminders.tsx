import { api, ok, onceOnly } from "../../api/client";
import type { Reminder, Task } from "../../api/types";
import { usePages } from "../../state/pages";
import { attempt } from "../../state/toasts";
import { Icon } from "../../ui/icon";
import { momentWords, spanWords } from "../../ui/words";

const LEADS = [60, 4 * 60, 24 * 60, 2 * 24 * 60, 7 * 24 * 60]; // minutes before the due day ends

/** When this person is reminded of a task. */
export function Reminders({ task }: { task: Task }) {
  const path = { task_id: task.id };
  const pages = usePages(`reminders ${task.id}`, (cursor) =>
    ok(api.GET("/api/tasks/{task_id}/reminders", { params: { path, query: { cursor } } })),
  );
  const add = (lead_minutes: number): void =>
    void attempt(() =>
      ok(api.POST("/api/tasks/{task_id}/reminders", { params: { path }, headers: onceOnly(), body: { lead_minutes } })),
    ).then(pages.reload);
  const remove = (reminder_id: number): void =>
    void attempt(() =>
      ok(api.DELETE("/api/tasks/{task_id}/reminders/{reminder_id}", { params: { path: { ...path, reminder_id } } })),
    ).then(pages.reload);
  return (
    <>
      {pages.items.value?.map((reminder) => (
        <span class="chip" key={reminder.id}>
          {told(reminder)}
          <button
            type="button"
            class="quiet square"
            aria-label={`Do not remind me ${told(reminder)}`}
            onClick={() => remove(reminder.id)}
          >
            <Icon name="close" />
          </button>
        </span>
      ))}
      <select aria-label="Remind me" value="" onChange={(event) => add(Number(event.currentTarget.value))}>
        <option value="">Remind me …</option>
        {LEADS.map((lead) => (
          <option key={lead} value={lead}>
            {spanWords(lead)} before
          </option>
        ))}
      </select>
    </>
  );
}

const told = ({ lead_minutes, at }: Reminder): string =>
  lead_minutes !== null ? `${spanWords(lead_minutes)} before` : momentWords(at ?? "");
