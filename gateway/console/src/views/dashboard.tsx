import { type Signal, useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { api, ok } from "../api/client";
import { me } from "../api/session";
import { type Overview, PRIORITIES, type QuickReport, STATUSES, type Task } from "../api/types";
import { usePages } from "../state/pages";
import { remember } from "../state/tasks";
import { attempt } from "../state/toasts";
import { useReloadOnChange } from "../state/use-reload";
import { Bars } from "../ui/bars";
import { Burndown, Throughput } from "../ui/charts";
import { Deeds } from "../ui/deeds";
import { Due, PriorityMark } from "../ui/marks";
import { Card } from "../ui/pane";
import { Skeleton } from "../ui/skeleton";
import { PRIORITY_WORDS, STATUS_WORDS, todayWords } from "../ui/words";
import { Beginning } from "./beginning";

type Tasks = readonly Signal<Task | null>[];

const SHOWN = 6; // tasks

export function Dashboard() {
  const counts = useSignal<Overview["counts"] | null>(null);
  const soon = useSignal<Tasks | null>(null);
  const open = useSignal<Tasks | null>(null);
  const report = useSignal<QuickReport | null>(null);
  const recent = usePages("recent", (cursor) =>
    ok(api.GET("/api/activity", { params: { query: { limit: 8, cursor } } })),
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
  useEffect(load, []);
  useReloadOnChange(() => {
    load();
    void recent.reload();
  });
  const now = counts.value;
  return (
    <>
      <header class="view">
        <h1>
          Hello {me.value?.first_name || me.value?.username} <small>{todayWords()}</small>
        </h1>
      </header>
      {now?.total === 0 ? <Beginning /> : <Figures now={now} />}
      {now === null ? (
        <Skeleton rows={12} /> // all of it at once, so that nothing moves what is below it
      ) : (
        <div class="overview">
          <Mine
            title="Due soon"
            tasks={soon.value}
            empty="Nothing of yours is due soon."
            more="/tasks?mine=1&sort=due_date"
          />
          <Mine title="My open tasks" tasks={open.value} empty="Nothing is left to do." more="/tasks?mine=1" />
          <div class="aside stack">
            <Card title="What happened lately">
              {recent.items.value === null && <Skeleton rows={8} />}
              {recent.items.value?.length === 0 && <p class="soft">Nothing yet.</p>}
              <Deeds pages={recent} named />
            </Card>
          </div>
          {now.total > 0 && <Charts now={now} report={report.value} />}
        </div>
      )}
    </>
  );
}

function Charts({ now, report }: { now: Overview["counts"]; report: QuickReport | null }) {
  return (
    <>
      <Throughput report={report} />
      <Burndown report={report} />
      <Bars
        title="By status"
        rows={STATUSES.map((key) => ({
          key,
          name: STATUS_WORDS[key],
          value: now.by_status[key] ?? 0,
          href: `/tasks?status=${key}`,
        }))}
      />
      <Bars
        title="By priority"
        rows={PRIORITIES.map((key) => ({
          key,
          name: PRIORITY_WORDS[key],
          value: now.by_priority[key] ?? 0,
          href: `/tasks?priority=${key}`,
        }))}
      />
    </>
  );
}

function Figures({ now }: { now: Overview["counts"] | null }) {
  return (
    <div class="figures">
      <Figure href="/tasks" value={now?.total} text="tasks" />
      <Figure href="/tasks?status=todo" value={now?.by_status.todo} text="to do" />
      <Figure href="/tasks?status=in_progress" value={now?.by_status.in_progress} text="in progress" />
      <Figure href="/tasks?overdue=1" value={now?.overdue} text="overdue" late />
      <Figure href="/tasks?sort=due_date" value={now?.due_soon} text="due soon" />
    </div>
  );
}

interface FigureProps {
  href: string;
  value: number | undefined;
  text: string;
  late?: boolean;
}

function Figure({ href, value, text, late = false }: FigureProps) {
  return (
    <a class={late && value ? "figure late" : "figure"} href={href}>
      <strong>{value?.toLocaleString() ?? "–"}</strong>
      <span class="soft">{text}</span>
    </a>
  );
}

function Mine({ title, tasks, empty, more }: { title: string; tasks: Tasks | null; empty: string; more: string }) {
  return (
    <Card title={title} more={more}>
      {tasks === null && <Skeleton rows={SHOWN} />}
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
