import { type Signal, useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { api, ok } from "../api/client";
import { me } from "../api/session";
import { type Overview, PRIORITIES, type QuickReport, STATUSES, type Task } from "../api/types";
import { listen } from "../live/socket";
import { usePages } from "../state/pages";
import { remember } from "../state/tasks";
import { attempt } from "../state/toasts";
import { Bars } from "../ui/bars";
import { Deeds } from "../ui/deeds";
import { Lines } from "../ui/lines";
import { Due, PriorityMark } from "../ui/marks";
import { Card } from "../ui/pane";
import { dayWords, PRIORITY_WORDS, STATUS_WORDS } from "../ui/words";

type Tasks = readonly Signal<Task | null>[];

const SETTLING = 1000; // milliseconds
const SHOWN = 6; // tasks

export function Dashboard() {
  const counts = useSignal<Overview["counts"] | null>(null);
  const soon = useSignal<Tasks | null>(null);
  const open = useSignal<Tasks | null>(null);
  const report = useSignal<QuickReport | null>(null);
  const recent = usePages("recent", (cursor) =>
    ok(api.GET("/api/activity", { params: { query: { limit: 10, cursor } } })),
  );
  const load = (): void => {
    void attempt(async () => {
      const overview = await ok(api.GET("/api/dashboard"));
      counts.value = overview.counts;
      soon.value = remember(overview.due_soon.items.slice(0, SHOWN));
      open.value = remember(overview.open_tasks.items.slice(0, SHOWN));
    });
    void attempt(async () => void (report.value = await ok(api.GET("/api/reports/quick/dashboard"))));
  };
  useSettled(load, () => {
    load();
    void recent.reload();
  });
  const now = counts.value;
  return (
    <>
      <h1>Hello {me.value?.first_name || me.value?.username}</h1>
      <div class="figures">
        <Figure href="/tasks" value={now?.total} text="tasks" />
        <Figure href="/tasks?status=todo" value={now?.by_status.todo} text="to do" />
        <Figure href="/tasks?status=in_progress" value={now?.by_status.in_progress} text="in progress" />
        <Figure href="/tasks?overdue=1" value={now?.overdue} text="overdue" />
        <Figure href="/tasks?sort=due_date" value={now?.due_soon} text="due soon" />
      </div>
      <div class="charts">
        <Mine title="My tasks that are due soon" tasks={soon.value} empty="Nothing is due soon." />
        <Mine title="My open tasks" tasks={open.value} empty="Nothing is left to do." />
        <Bars title="By status" rows={STATUSES.map((name) => [STATUS_WORDS[name], now?.by_status[name] ?? 0])} />
        <Bars
          title="By priority"
          rows={PRIORITIES.map((name) => [PRIORITY_WORDS[name], now?.by_priority[name] ?? 0])}
        />
        <Throughput report={report.value} />
        <Burndown report={report.value} />
      </div>
      <div class="stack recent">
        <Card title="What happened lately">
          <Deeds pages={recent} named />
        </Card>
      </div>
    </>
  );
}

/** Loads at once, and again when changes of tasks have settled. */
function useSettled(first: () => void, again: () => void): void {
  useEffect(() => {
    let timer = 0;
    const soon = (): void => {
      clearTimeout(timer);
      timer = window.setTimeout(again, SETTLING);
    };
    first();
    const stop = listen({ task: soon, reset: soon });
    return () => {
      clearTimeout(timer);
      stop();
    };
  }, []);
}

function Throughput({ report }: { report: QuickReport | null }) {
  const days = report?.throughput.days ?? [];
  return (
    <Lines
      title="Made and completed in 30 days"
      days={days.map(({ day }) => dayWords(day))}
      series={[
        { name: "Made", values: days.map(({ created }) => created), look: "second" },
        { name: "Completed", values: days.map(({ completed }) => completed), look: "first" },
      ]}
    />
  );
}

function Burndown({ report }: { report: QuickReport | null }) {
  const days = report?.burndown ?? [];
  return (
    <Lines
      title="Open tasks over 30 days"
      days={days.map(({ day }) => dayWords(day))}
      series={[
        { name: "Evenly to none", values: days.map(({ ideal }) => ideal), look: "second" },
        { name: "Open", values: days.map(({ remaining }) => remaining), look: "first" },
      ]}
    />
  );
}

function Mine({ title, tasks, empty }: { title: string; tasks: Tasks | null; empty: string }) {
  return (
    <Card title={title}>
      {tasks?.length === 0 && <p class="soft">{empty}</p>}
      <ul class="rows">
        {tasks?.map((entry) => (
          <One key={entry.peek()?.id} entry={entry} />
        ))}
      </ul>
    </Card>
  );
}

function One({ entry }: { entry: Signal<Task | null> }) {
  const task = entry.value;
  if (task === null) return null;
  return (
    <li>
      <PriorityMark priority={task.priority} />
      <a class="title" href={`/tasks/${task.id}`}>
        {task.title}
      </a>
      <Due task={task} />
    </li>
  );
}

function Figure({ href, value, text }: { href: string; value: number | undefined; text: string }) {
  return (
    <a class="card figure" href={href}>
      <strong>{value?.toLocaleString() ?? "–"}</strong>
      <span class="soft">{text}</span>
    </a>
  );
}
