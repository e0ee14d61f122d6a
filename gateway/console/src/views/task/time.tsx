import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { api, ok, onceOnly } from "../../api/client";
import { isAdmin, me } from "../../api/session";
import type { Task, TimeEntry } from "../../api/types";
import { usePages } from "../../state/pages";
import { nameOf } from "../../state/people";
import { attempt } from "../../state/toasts";
import { Avatar } from "../../ui/avatar";
import { Icon } from "../../ui/icon";
import { More } from "../../ui/listing";
import { momentWords, spanWords } from "../../ui/words";

const MINUTE = 60_000; // milliseconds

const at = ({ id }: TimeEntry) => ({ path: { entry_id: id } });

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
    act(() => ok(api.POST("/api/time-entries/{entry_id}/stop", { params: at(entry), headers: onceOnly() })));
  return (
    <section aria-label="Time" class="stack">
      <h2>
        Time{" "}
        <span class="soft">
          {total.value > 0 && spanWords(total.value)}
          {task.estimate_minutes !== null && ` of ${spanWords(task.estimate_minutes)}`}
        </span>
      </h2>
      {task.estimate_minutes !== null && task.estimate_minutes > 0 && (
        <progress value={total.value} max={task.estimate_minutes} aria-label="Time spent of the estimate" />
      )}
      <ul class="rows">
        {entries.map((entry) => (
          <Entry
            key={entry.id}
            entry={entry}
            remove={() => act(() => ok(api.DELETE("/api/time-entries/{entry_id}", { params: at(entry) })))}
          />
        ))}
      </ul>
      <More pages={pages} />
      <div class="write">
        {running === undefined ? (
          <button type="button" onClick={start}>
            <Icon name="clock" /> Start the clock
          </button>
        ) : (
          <button type="button" class="primary" onClick={() => stop(running)}>
            <Icon name="clock" /> Stop the clock
          </button>
        )}
        <Add
          add={(body) =>
            act(() =>
              ok(api.POST("/api/tasks/{task_id}/time-entries", { params: { path }, headers: onceOnly(), body })),
            )
          }
        />
      </div>
    </section>
  );
}

function Entry({ entry, remove }: { entry: TimeEntry; remove: () => void }) {
  return (
    <li>
      <Avatar id={entry.user_id} />
      <span class="grow">
        {entry.ended_at === null ? <Running since={entry.started_at} /> : spanWords(entry.minutes ?? 0)} {entry.note}
        <small class="soft">
          {nameOf(entry.user_id)}, {momentWords(entry.started_at)}
        </small>
      </span>
      {(entry.user_id === me.value?.id || isAdmin.value) && (
        <button type="button" class="quiet square" aria-label="Delete this time" onClick={remove}>
          <Icon name="trash" />
        </button>
      )}
    </li>
  );
}

/** A clock that goes on. */
function Running({ since }: { since: string }) {
  const now = useSignal(Date.now());
  useEffect(() => {
    const timer = setInterval(() => void (now.value = Date.now()), MINUTE);
    return () => clearInterval(timer);
  }, []);
  const minutes = Math.max(0, Math.floor((now.value - Date.parse(since)) / MINUTE));
  return <span class="mark running">running, {spanWords(minutes)}</span>;
}

function Add({ add }: { add: (entry: { minutes: number; note: string }) => void }) {
  return (
    <form
      class="write grow"
      onSubmit={(event) => {
        event.preventDefault();
        const values = new FormData(event.currentTarget);
        const minutes = Number(values.get("minutes"));
        event.currentTarget.reset();
        if (minutes > 0) add({ minutes, note: String(values.get("note")) });
      }}
    >
      <input
        name="minutes"
        type="number"
        aria-label="Minutes spent"
        placeholder="Minutes"
        min={1}
        max={10_080}
        required
        class="narrow"
      />
      <input name="note" aria-label="What for" placeholder="What for" maxLength={1000} />
      <button type="submit">Add</button>
    </form>
  );
}
