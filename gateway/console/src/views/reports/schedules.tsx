import { useSignal } from "@preact/signals";
import { api, ok, onceOnly } from "../../api/client";
import type { Schedule } from "../../api/types";
import { usePages } from "../../state/pages";
import { attempt } from "../../state/toasts";
import { Field } from "../../ui/field";
import { Form } from "../../ui/form";
import { Icon } from "../../ui/icon";
import { Listing } from "../../ui/listing";
import { Card } from "../../ui/pane";
import { momentWords } from "../../ui/words";
import { Choices, requestOf, told } from "./asking";

const DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
const RHYTHMS = { daily: "Every day", weekly: "Every week", monthly: "Every month" } as const;
type Rhythm = keyof typeof RHYTHMS;

/** Reports that are made again and again. */
export function Schedules({ project }: { project: number | null }) {
  const rhythm = useSignal<Rhythm>("weekly");
  const pages = usePages("schedules", (cursor) =>
    ok(api.GET("/api/reports/schedules", { params: { query: { limit: 20, cursor } } })),
  );
  const make = async ({ day = "", at = "", ...values }: Record<string, string>): Promise<void> => {
    const on = rhythm.peek() === "daily" ? "" : ` on ${day}`;
    const body = { ...requestOf(values, project), every: `${rhythm.peek()}${on} at ${at}` };
    await ok(api.POST("/api/reports/schedules", { headers: onceOnly(), body }));
    await pages.reload();
  };
  const pause = ({ id, paused, version }: Schedule): void =>
    void attempt(() => {
      const params = { path: { schedule_id: id } };
      const headers = { "If-Match": `"${version}"` };
      return ok(api.PATCH("/api/reports/schedules/{schedule_id}", { params, headers, body: { paused: !paused } }));
    }).then(pages.reload);
  const remove = ({ id }: Schedule): void =>
    void attempt(() =>
      ok(api.DELETE("/api/reports/schedules/{schedule_id}", { params: { path: { schedule_id: id } } })),
    ).then(pages.reload);
  return (
    <Card title="Made again and again">
      <Form onSubmit={make} submit="Make a schedule">
        {(errors) => (
          <>
            <div class="row">
              <Choices id="schedule" project={project} />
            </div>
            <div class="row">
              <div class="field">
                <label for="rhythm">When</label>
                <select
                  id="rhythm"
                  value={rhythm.value}
                  onChange={(event) => void (rhythm.value = event.currentTarget.value as Rhythm)}
                >
                  {Object.entries(RHYTHMS).map(([value, words]) => (
                    <option key={value} value={value}>
                      {words}
                    </option>
                  ))}
                </select>
              </div>
              {rhythm.value === "weekly" && (
                <div class="field">
                  <label for="weekday">On</label>
                  <select id="weekday" name="day">
                    {DAYS.map((day) => (
                      <option key={day} value={day}>
                        {day}
                      </option>
                    ))}
                  </select>
                </div>
              )}
              {rhythm.value === "monthly" && (
                <Field label="On the" name="day" type="number" min={1} max={28} value={1} required />
              )}
              <Field label="At" name="at" type="time" value="08:00" required error={errors.every} />
            </div>
          </>
        )}
      </Form>
      <Listing pages={pages} empty="">
        {(schedule) => (
          <li key={schedule.id}>
            <span class="grow">
              {told(schedule)} {schedule.paused && <span class="mark warn">paused</span>}
              <small class="soft">
                {schedule.every}
                {schedule.next_at !== null && `, next ${momentWords(schedule.next_at)}`}
              </small>
            </span>
            <button type="button" class="quiet" onClick={() => pause(schedule)}>
              {schedule.paused ? "Go on" : "Pause"}
            </button>
            <button
              type="button"
              class="quiet square"
              aria-label={`Delete the schedule of ${told(schedule)}`}
              onClick={() => remove(schedule)}
            >
              <Icon name="trash" />
            </button>
          </li>
        )}
      </Listing>
    </Card>
  );
}
