import { useLocation } from "preact-iso";
import { api, ok } from "../../api/client";
import type { Project, ProjectChanges, Status } from "../../api/types";
import { STATUSES } from "../../api/types";
import { usePages } from "../../state/pages";
import { forgetProjects } from "../../state/projects";
import { attempt, say } from "../../state/toasts";
import { Field } from "../../ui/field";
import { Form } from "../../ui/form";
import { Listing } from "../../ui/listing";
import { Card } from "../../ui/pane";
import { STATUS_WORDS } from "../../ui/words";

interface Props {
  project: Project;
  saved: (project: Project) => void;
}

const TYPES = ["text", "number", "date", "choice", "user"] as const;

export function ProjectSettings({ project, saved }: Props) {
  const { route } = useLocation();
  const params = { path: { project_id: project.id } };
  const change = async (body: ProjectChanges): Promise<void> => {
    const headers = { "If-Match": `"${project.version}"` };
    saved(await ok(api.PATCH("/api/projects/{project_id}", { params, headers, body })));
    forgetProjects();
    say("Saved.");
  };
  const remove = (): void =>
    void attempt(async () => {
      await ok(api.DELETE("/api/projects/{project_id}", { params }));
      forgetProjects();
      route("/projects");
    });
  return (
    <>
      <Card title="Project">
        <Form
          key={project.version}
          onSubmit={({ name = "", description = "" }) => change({ name, description })}
          submit="Save"
          after={
            <>
              <button type="button" onClick={() => void attempt(() => change({ archived: !project.archived }))}>
                {project.archived ? "Open again" : "Archive"}
              </button>
              <button type="button" class="quiet danger" onClick={remove}>
                Delete
              </button>
            </>
          }
        >
          {(errors) => (
            <>
              <Field label="Name" name="name" value={project.name} required error={errors.name} />
              <Field label="Description" name="description" value={project.description} error={errors.description} />
            </>
          )}
        </Form>
      </Card>
      <Statuses id={project.id} />
      <Fields id={project.id} />
    </>
  );
}

function Statuses({ id }: { id: number }) {
  const params = { path: { project_id: id } };
  const pages = usePages(`statuses ${id}`, (cursor) =>
    ok(api.GET("/api/projects/{project_id}/statuses", { params: { ...params, query: { cursor } } })),
  );
  const add = async ({ name = "", category = "" }: Record<string, string>): Promise<void> => {
    await ok(api.POST("/api/projects/{project_id}/statuses", { params, body: { name, category: category as Status } }));
    await pages.reload();
  };
  return (
    <Card title="Statuses of its own">
      <Listing pages={pages} empty="None: the four that every task has.">
        {(status) => (
          <li key={status.id}>
            <span class="grow">{status.name}</span>
            <span class="soft">{STATUS_WORDS[status.category]}</span>
          </li>
        )}
      </Listing>
      <Form onSubmit={add} submit="Add a status">
        {(errors) => (
          <div class="row">
            <Field label="Name" name="name" required error={errors.name} />
            <div class="field">
              <label for="category">Counts as</label>
              <select id="category" name="category">
                {STATUSES.map((status) => (
                  <option key={status} value={status}>
                    {STATUS_WORDS[status]}
                  </option>
                ))}
              </select>
            </div>
          </div>
        )}
      </Form>
    </Card>
  );
}

function Fields({ id }: { id: number }) {
  const params = { path: { project_id: id } };
  const pages = usePages(`fields ${id}`, (cursor) =>
    ok(api.GET("/api/projects/{project_id}/fields", { params: { ...params, query: { cursor } } })),
  );
  const add = async ({ name = "", type = "", options = "" }: Record<string, string>): Promise<void> => {
    const body = {
      name,
      type: type as (typeof TYPES)[number],
      options: options
        .split(",")
        .map((one) => one.trim())
        .filter(Boolean),
    };
    await ok(api.POST("/api/projects/{project_id}/fields", { params, body }));
    await pages.reload();
  };
  return (
    <Card title="Fields of its own">
      <Listing pages={pages} empty="None.">
        {(field) => (
          <li key={field.id}>
            <span class="grow">{field.name}</span>
            <span class="soft">{field.options.length > 0 ? field.options.join(", ") : field.type}</span>
          </li>
        )}
      </Listing>
      <Form onSubmit={add} submit="Add a field">
        {(errors) => (
          <>
            <div class="row">
              <Field label="Name" name="name" required error={errors.name} />
              <div class="field">
                <label for="field-type">Type</label>
                <select id="field-type" name="type">
                  {TYPES.map((type) => (
                    <option key={type} value={type}>
                      {type}
                    </option>
                  ))}
                </select>
              </div>
            </div>
            <Field label="Choices" name="options" hint="For a choice: separated by commas." error={errors.options} />
          </>
        )}
      </Form>
    </Card>
  );
}
