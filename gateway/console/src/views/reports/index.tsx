import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { useLocation } from "preact-iso";
import { api, ok } from "../../api/client";
import type { QuickReport } from "../../api/types";
import { nameOf } from "../../state/people";
import { projects } from "../../state/projects";
import { attempt } from "../../state/toasts";
import { useReloadOnChange } from "../../state/use-reload";
import { Bars } from "../../ui/bars";
import { Burndown, Flow, Throughput } from "../../ui/charts";
import { today } from "../../ui/words";
import { ReportFiles } from "./files";
import { Schedules } from "./schedules";

const SPANS = { 14: "14 days", 30: "30 days", 90: "90 days", 365: "A year" };
const DAY = 86_400_000; // milliseconds
const SHOWN = 12; // people

/** How work goes: series over days, and files of them. */
export function Reports() {
  const { query, route } = useLocation();
  const days = Number(query.days) || 30;
  const project = Number(query.project) || null;
  const report = useSignal<QuickReport | null>(null);
  const load = (): void => void attempt(async () => void (report.value = await read(project, days)));
  useEffect(() => {
    report.value = null;
    load();
  }, [project, days]);
  useReloadOnChange(load);
  const go = (change: Record<string, string>): void => {
    const next = Object.entries({ ...query, ...change }).filter(([, value]) => value !== "");
    route(`/reports?${new URLSearchParams(next)}`, true);
  };
  const now = report.value;
  return (
    <>
      <header class="view">
        <h1>Reports</h1>
        <span class="facts">
          <select
            aria-label="Project"
            value={project ?? ""}
            onChange={(event) => go({ project: event.currentTarget.value })}
          >
            <option value="">Everything I see</option>
            {projects.value.map(({ id, key, name }) => (
              <option key={id} value={id}>
                {key} {name}
              </option>
            ))}
          </select>
          <select aria-label="Days" value={days} onChange={(event) => go({ days: event.currentTarget.value })}>
            {Object.entries(SPANS).map(([count, words]) => (
              <option key={count} value={count}>
                {words}
              </option>
            ))}
          </select>
        </span>
      </header>
      <Times report={now} />
      <div class="two">
        <Throughput report={now} />
        <Burndown report={now} />
        <Flow report={now} />
        <Bars
          title="Open tasks by person"
          rows={(now?.load ?? []).slice(0, SHOWN).map(({ user_id, username, open }) => ({
            key: String(user_id),
            name: username ?? nameOf(user_id),
            value: open,
          }))}
        />
        <ReportFiles project={project} />
        <Schedules project={project} />
      </div>
    </>
  );
}

function read(project: number | null, days: number): Promise<QuickReport> {
  const from = new Date(Date.parse(today()) - (days - 1) * DAY).toISOString().slice(0, 10);
  if (project === null) return ok(api.GET("/api/reports/quick/dashboard", { params: { query: { from } } }));
  const params = { path: { project_id: project }, query: { from } };
  return ok(api.GET("/api/reports/quick/project-summary/{project_id}", { params }));
}

function Times({ report }: { report: QuickReport | null }) {
  const made = report?.throughput.days.reduce((sum, { created }) => sum + created, 0);
  const done = report?.throughput.days.reduce((sum, { completed }) => sum + completed, 0);
  return (
    <div class="figures">
      <Figure value={made?.toLocaleString()} text="made" />
      <Figure value={done?.toLocaleString()} text="completed" />
      <Figure value={hours(report?.lead_time.median)} text="median from made to completed" />
      <Figure value={hours(report?.cycle_time.median)} text="median from begun to completed" />
      <Figure value={report?.totals.overdue.toLocaleString()} text="overdue now" />
    </div>
  );
}

const Figure = ({ value, text }: { value: string | undefined; text: string }) => (
  <div class="figure">
    <strong>{value ?? "–"}</strong>
    <span class="soft">{text}</span>
  </div>
);

function hours(value: number | null | undefined): string {
  if (value == null) return "–";
  if (value < 1) return `${Math.round(value * 60)} min`;
  return value < 48 ? `${value.toFixed(1)} h` : `${(value / 24).toFixed(1)} days`;
}
