import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { useRoute } from "preact-iso";
import { api, ok } from "../../api/client";
import { ProblemError } from "../../api/problem";
import { isAdmin } from "../../api/session";
import type { Project } from "../../api/types";
import { usePages } from "../../state/pages";
import { Deeds } from "../../ui/deeds";
import { Empty } from "../../ui/empty";
import { Card } from "../../ui/pane";
import { Labels } from "./labels";
import { Members } from "./members";
import { ProjectSettings } from "./settings";

export function ProjectPage() {
  const id = Number(useRoute().params.id);
  const project = useSignal<Project | null>(null);
  const missing = useSignal(false);
  useEffect(() => {
    project.value = null;
    ok(api.GET("/api/projects/{project_id}", { params: { path: { project_id: id } } }))
      .then((found) => void (project.value = found))
      .catch((error: unknown) => {
        if (!(error instanceof ProblemError)) throw error;
        missing.value = true;
      });
  }, [id]);
  const now = project.value;
  if (missing.value) return <Empty title="There is no such project, or you are not in it" />;
  if (now === null) return null;
  const runs = isAdmin.value || now.role === "owner" || now.role === "maintainer";
  return (
    <>
      <header class="view">
        <h1>
          <span class="soft">{now.key}</span> {now.name}
          {now.archived && <span class="mark">archived</span>}
        </h1>
        <span class="facts">
          <a class="button" href={`/tasks?project=${now.id}`}>
            Tasks
          </a>
          <a class="button" href={`/board?project=${now.id}`}>
            Board
          </a>
        </span>
      </header>
      {now.description !== "" && <p>{now.description}</p>}
      <div class="two">
        <div class="stack">
          <Members id={now.id} runs={runs} />
          <Labels id={now.id} runs={runs} />
        </div>
        <div class="stack">
          {runs && <ProjectSettings project={now} saved={(next) => void (project.value = next)} />}
          <Recent id={now.id} />
        </div>
      </div>
    </>
  );
}

function Recent({ id }: { id: number }) {
  const pages = usePages(`project ${id}`, (cursor) => {
    const params = { path: { project_id: id }, query: { limit: 20, cursor } };
    return ok(api.GET("/api/projects/{project_id}/activity", { params }));
  });
  return (
    <Card title="What happened">
      <Deeds pages={pages} named />
    </Card>
  );
}
