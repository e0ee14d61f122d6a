import { useSignal } from "@preact/signals";
import { useLocation } from "preact-iso";
import { api, ok } from "../../api/client";
import type { Project } from "../../api/types";
import { changeProject, readProjects, restoreProject } from "../../state/projects";
import { useStatusPages } from "../../state/statuses";
import { attempt, say } from "../../state/toasts";
import { Confirm } from "../../ui/dialog";
import { Field } from "../../ui/field";
import { Form } from "../../ui/form";
import { Card } from "../../ui/pane";
import { Fields } from "./fields";
import { Statuses } from "./statuses";
import { Workflow } from "./workflow";

interface Props {
  project: Project;
  /** Whether this person may change it. */
  runs: boolean;
  saved: (project: Project) => void;
}

export function ProjectSettings({ project, runs, saved }: Props) {
  if (!runs) return <p class="notice">Only its owners and maintainers change a project.</p>;
  return <Parts project={project} saved={saved} />;
}

function Parts({ project, saved }: Part) {
  const { id } = project;
  const statuses = useStatusPages(id);
  return (
    <div class="two">
      <div class="stack">
        <About project={project} saved={saved} />
        <End project={project} saved={saved} />
      </div>
      <div class="stack">
        <Statuses id={id} pages={statuses} />
        <Workflow id={id} statuses={statuses.items.value ?? []} runs />
        <Fields id={id} />
      </div>
    </div>
  );
}

type Part = Omit<Props, "runs">;

function About({ project, saved }: Part) {
  return (
    <Card title="Project">
      <Form
        key={project.version}
        onSubmit={async ({ name = "", description = "" }) => {
          saved(await changeProject(project, { name, description }));
          say("Saved.");
        }}
        submit="Save"
      >
        {(errors) => (
          <>
            <Field label="Name" name="name" value={project.name} required maxLength={100} error={errors.name} />
            <div class="field">
              <label for="project-description">Description (Markdown)</label>
              <textarea
                id="project-description"
                name="description"
                rows={5}
                maxLength={20_000}
                defaultValue={project.description}
              />
            </div>
          </>
        )}
      </Form>
    </Card>
  );
}

/** Out of the way, or to the trash; both can be taken back. */
function End({ project, saved }: Part) {
  const { route } = useLocation();
  const asking = useSignal(false);
  const params = { path: { project_id: project.id } };
  const restore = (): void =>
    void attempt(async () => {
      await restoreProject(project.id);
      route(`/projects/${project.id}`);
    });
  const remove = (): void =>
    void attempt(async () => {
      await ok(api.DELETE("/api/projects/{project_id}", { params }));
      await readProjects();
      say(`${project.name} is in the trash.`, { label: "Undo", run: restore });
      route("/projects");
    });
  return (
    <Card title={project.archived ? "Archived" : "Out of the way"}>
      <p class="soft">
        An archived project can be read and no more. In the trash it and its tasks are gone for everybody, until they
        are brought back.
      </p>
      <div class="actions">
        <button
          type="button"
          onClick={() => void attempt(async () => saved(await changeProject(project, { archived: !project.archived })))}
        >
          {project.archived ? "Open it again" : "Archive"}
        </button>
        <button type="button" class="quiet danger" onClick={() => void (asking.value = true)}>
          Move to the trash
        </button>
      </div>
      {asking.value && (
        <Confirm
          title={`Move ${project.name} to the trash?`}
          yes="Move it"
          act={remove}
          onClose={() => void (asking.value = false)}
        >
          All of its tasks go with it.
        </Confirm>
      )}
    </Card>
  );
}
