import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { useLocation, useRoute } from "preact-iso";
import { api, ok } from "../../api/client";
import { ProblemError } from "../../api/problem";
import { isAdmin } from "../../api/session";
import type { Project, ProjectReport } from "../../api/types";
import { listen } from "../../live/socket";
import { usePages } from "../../state/pages";
import { changeProject } from "../../state/projects";
import { useStatuses } from "../../state/statuses";
import { attempt, say } from "../../state/toasts";
import { useReloadOnChange } from "../../state/use-reload";
import { Burndown, Throughput } from "../../ui/charts";
import { Deeds } from "../../ui/deeds";
import { Empty } from "../../ui/empty";
import { Icon } from "../../ui/icon";
import { Markdown } from "../../ui/markdown";
import { Menu } from "../../ui/menu";
import { Card } from "../../ui/pane";
import { Skeleton } from "../../ui/skeleton";
import { Duplicate } from "./duplicate";
import { Labels } from "./labels";
import { Members } from "./members";
import { ProjectSettings } from "./settings";
import { Workflow } from "./workflow";

export function ProjectPage() {
  const { path } = useLocation();
  const id = Number(useRoute().params.id);
  const project = useSignal<Project | null>(null);
  const missing = useSignal(false);
  const load = (): void => {
    ok(api.GET("/api/projects/{project_id}", { params: { path: { project_id: id } } }))
      .then((found) => void (project.value = found))
      .catch((error: unknown) => {
        if (!(error instanceof ProblemError)) throw error;
        missing.value = error.status === 404;
      });
  };
  useEffect(() => {
    project.value = null;
    missing.value = false;
    load();
    return listen({ project: (frame) => frame.project.id === id && load(), reset: load });
  }, [id]);
  const now = project.value;
  if (missing.value) {
    return (
      <Empty icon="folder" title="There is no such project, or you are not in it">
        <a href="/projects">To the projects</a>
      </Empty>
    );
  }
  if (now === null) return <Skeleton rows={8} />;
  const runs = isAdmin.value || now.role === "owner" || now.role === "maintainer";
  const saved = (next: Project): void => void (project.value = next);
  const settings = path.endsWith("/settings");
  return (
    <>
      <Head project={now} settings={settings} runs={runs} saved={saved} />
      {settings ? (
        <ProjectSettings project={now} runs={runs} saved={saved} />
      ) : (
        <Overview key={now.id} project={now} runs={runs} />
      )}
    </>
  );
}

interface HeadProps {
  project: Project;
  settings: boolean;
  runs: boolean;
  saved: (project: Project) => void;
}

function Head({ project, settings, runs, saved }: HeadProps) {
  const { id, key, name, archived, is_template } = project;
  const places = [
    [`/projects/${id}`, "Overview", !settings],
    [`/tasks?project=${id}`, "Tasks", false],
    [`/board?project=${id}`, "Board", false],
    ...(runs ? [[`/projects/${id}/settings`, "Settings", settings] as const] : []),
  ] as const;
  return (
    <header class="view">
      <h1>
        {name} <small>{key}</small>
        {archived && <span class="mark">archived</span>}
        {is_template && <span class="mark">template</span>}
      </h1>
      <Also project={project} runs={runs} saved={saved} />
      <nav class="tabs" aria-label="Project">
        {places.map(([href, text, here]) => (
          <a key={href} href={href} aria-current={here ? "page" : undefined}>
            {text}
          </a>
        ))}
      </nav>
    </header>
  );
}

/** What can be made of a project. */
function Also({ project, runs, saved }: Omit<HeadProps, "settings">) {
  const { route } = useLocation();
  const copying = useSignal(false);
  const { id, name, is_template } = project;
  const turn = (): void =>
    void attempt(async () => {
      saved(await changeProject(project, { is_template: !is_template }));
      say(is_template ? `${name} is an ordinary project again.` : `New projects can begin as ${name} does.`);
    });
  return (
    <>
      <Menu label={`More about ${name}`} icon="more" terse>
        {is_template && (
          <button type="button" class="quiet" onClick={() => route(`/projects?new=1&template=${id}`)}>
            <Icon name="add" /> New project from this
          </button>
        )}
        <button type="button" class="quiet" onClick={() => void (copying.value = true)}>
          <Icon name="copy" /> Duplicate
        </button>
        {runs && (
          <button type="button" class="quiet" onClick={turn}>
            <Icon name="board" /> {is_template ? "No longer a template" : "Make it a template"}
          </button>
        )}
      </Menu>
      {copying.value && <Duplicate project={project} onClose={() => void (copying.value = false)} />}
    </>
  );
}

function Overview({ project, runs }: { project: Project; runs: boolean }) {
  const report = useSignal<ProjectReport | null>(null);
  const recent = usePages(`project ${project.id}`, (cursor) => {
    const params = { path: { project_id: project.id }, query: { limit: 10, cursor } };
    return ok(api.GET("/api/projects/{project_id}/activity", { params }));
  });
  const load = (): void =>
    void attempt(async () => {
      const params = { path: { project_id: project.id } };
      report.value = await ok(api.GET("/api/reports/quick/project-summary/{project_id}", { params }));
    });
  useEffect(load, [project.id]);
  useReloadOnChange(() => {
    load();
    void recent.reload();
  });
  const statuses = useStatuses(project.id) ?? [];
  const totals = report.value?.totals;
  return (
    <>
      {project.description !== "" && (
        <div class="prose lead">
          <Markdown text={project.description} />
        </div>
      )}
      <div class="figures">
        {(
          [
            ["", totals?.total, "tasks"],
            ["&status=todo", totals?.by_status.todo, "to do"],
            ["&status=in_progress", totals?.by_status.in_progress, "in progress"],
            ["&status=completed", totals?.by_status.completed, "completed"],
            ["&overdue=1", totals?.overdue, "overdue"],
          ] as const
        ).map(([asked, value, text]) => (
          <a
            key={text}
            class={text === "overdue" && value ? "figure late" : "figure"}
            href={`/tasks?project=${project.id}${asked}`}
          >
            <strong>{value?.toLocaleString() ?? "–"}</strong>
            <span class="soft">{text}</span>
          </a>
        ))}
      </div>
      <div class="overview">
        <Throughput report={report.value} />
        <Burndown report={report.value} />
        <div class="aside stack">
          <Members id={project.id} runs={runs} />
          <Workflow id={project.id} statuses={statuses} runs={false} />
        </div>
        <Labels project={project.id} runs={runs} />
        <Card title="What happened">
          {recent.items.value === null && <Skeleton rows={6} />}
          <Deeds pages={recent} named />
        </Card>
      </div>
    </>
  );
}
