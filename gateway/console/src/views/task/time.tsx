import { useSignal } from "@preact/signals";
import { api, ok, onceOnly } from "../../api/client";
import { isAdmin, me } from "../../api/session";
import type { Task, TimeEntry } from "../../api/types";
import { usePages } from "../../state/pages";
import { nameOf } from "../../state/people";
import { attempt } from "../../state/toasts";
import { Avatar } from "../../ui/avatar";
import { Icon } from "../../ui/icon";
import { momentWords, spanWords } from "../../ui/words";

/** The time that people spent on a task, and a clock that runs. */
export function Time({ task }: { task: Task }) {
  const path = { task_id: task.id };
  const total = useSignal(0);
  const pages = usePages(`time ${task.id}`, async (cursor) => {
    const [page, totals] = await Promise.all([
      ok(api.GET("/api/tasks/{task_id}/time-entries", { params: { path, query: { limit: 20, cursor } } })),
      ok(api.GET("/api/time-entries/totals", { params: { query: { task_id: task.id, by: "task" } } })),
    ]);
    total.value = totals.items[0]?.minutes ?? 0;
    return page;
  });
  const entries = pages.items.value ?? [];
  const running = entries.find((entry) => entry.ended_at === null && entry.user_id === me.value?.id);
  const act = (work: () => Promise<unknown>): void => void attempt(work).then(pages.reload);
  const start = (): void =>
    act(() =>
      ok(api.POST("/api/tasks/{task_id}/time-entries/start", { params: { path }, headers: onceOnly(), body: {} })),
    );
  const stop = (entry: TimeEntry): void =>
    act(() =>
      ok(
        api.POST("/api/time-entries/{entry_id}/stop", {
          params: { path: { entry_id: entry.id } },
          headers: onceOnly(),
        }),
      ),
    );
  const remove = (entry: TimeEntry): void =>
    act(() => ok(api.DELETE("/api/time-entries/{entry_id}", { params: { path: { entry_id: entry.id } } })));
  return (
    <section aria-label="Time" class="stack">
      <h2>
        Time{" "}
        <span class="soft">
          {total.value > 0 && spanWords(total.value)}
          {task.estimate_minutes !== null && ` of ${spanWords(task.estimate_minutes)}`}
        </span>
      </h2>
      <ul class="rows">
        {entries.map((entry) => (
          <li key={entry.id}>
            <Avatar id={entry.user_id} />
            <span class="grow">
              {entry.ended_at === null ? "running" : spanWords(entry.minutes ?? 0)} {entry.note}
              <small class="soft">
                {nameOf(entry.user_id)}, {momentWords(entry.started_at)}
              </small>
            </span>
            {(entry.user_id === me.value?.id || isAdmin.value) && (
              <button type="button" class="quiet square" aria-label="Delete this time" onClick={() => remove(entry)}>
                <Icon name="trash" />
              </button>
            )}
          </li>
        ))}
      </ul>
      <div class="facts">
        {running === undefined ? (
          <button type="button" onClick={start}>
            Start the clock
          </button>
        ) : (
          <button type="button" class="primary" onClick={() => stop(running)}>
            Stop the clock
          </button>
        )}
        <Add
          add={(minutes) =>
            act(() =>
              ok(
                api.POST("/api/tasks/{task_id}/time-entries", {
                  params: { path },
                  headers: onceOnly(),
                  body: { minutes },
                }),
              ),
            )
          }
        />
      </div>
    </section>
  );
}

function Add({ add }: { add: (minutes: number) => void }) {
  return (
    <form
      class="write"
      onSubmit={(event) => {
        event.preventDefault();
        const minutes = Number(new FormData(event.currentTarget).get("minutes"));
        event.currentTarget.reset();
        if (minutes > 0) add(minutes);
      }}
    >
      <input name="minutes" type="number" aria-label="Minutes spent" placeholder="Minutes" min={1} max={10_080} />
      <button type="submit">Add</button>
    </form>
  );
}
