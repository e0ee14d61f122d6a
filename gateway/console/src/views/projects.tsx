import { useSignal } from "@preact/signals";
import { useLocation } from "preact-iso";
import { api, ok, onceOnly } from "../api/client";
import { isAdmin } from "../api/session";
import type { Project } from "../api/types";
import { usePages } from "../state/pages";
import { readProjects, restoreProject } from "../state/projects";
import { attempt } from "../state/toasts";
import { useReloadOnChange } from "../state/use-reload";
import { Dialog } from "../ui/dialog";
import { Empty } from "../ui/empty";
import { Field } from "../ui/field";
import { Form } from "../ui/form";
import { Icon } from "../ui/icon";
import { More } from "../ui/listing";
import { Skeleton } from "../ui/skeleton";

const SHOWN = {
  open: { words: "Open", empty: "No project yet", query: {} },
  templates: { words: "Templates", empty: "No template yet", query: { is_template: true } },
  archived: { words: "Archived", empty: "Nothing is archived", query: { archived: true } },
  trashed: { words: "In the trash", empty: "The trash is empty", query: { trashed: true } },
} as const;
type Shown = keyof typeof SHOWN;

export function Projects() {
  const { query, route } = useLocation();
  const making = useSignal(query.new === "1");
  const shown = useSignal<Shown>("open");
  const close = (): void => {
    making.value = false;
    if (query.new === "1") route("/projects", true);
  };
  return (
    <>
      <header class="view">
        <h1>Projects</h1>
        <span class="facts">
          <select
            aria-label="Which projects"
            value={shown.value}
            onChange={(event) => void (shown.value = event.currentTarget.value as Shown)}
          >
            {Object.entries(SHOWN).map(([value, { words }]) => (
              <option key={value} value={value}>
                {words}
              </option>
            ))}
          </select>
          <button type="button" onClick={() => void (making.value = true)}>
            <Icon name="add" /> New project
          </button>
        </span>
      </header>
      <Cards key={shown.value} shown={shown.value} />
      {making.value && <NewProject template={query.template} onClose={close} />}
    </>
  );
}

function Cards({ shown }: { shown: Shown }) {
  const pages = usePages(`projects ${shown}`, (cursor) =>
    ok(api.GET("/api/projects", { params: { query: { ...SHOWN[shown].query, limit: 50, cursor } } })),
  );
  useReloadOnChange(pages.reload, ["project"]);
  return (
    <>
      {pages.items.value?.length === 0 && (
        <Empty icon="folder" title={SHOWN[shown].empty}>
          {shown === "open" && (
            <p>A project gathers tasks and the people who see them, with a board, fields and labels of its own.</p>
          )}
          {shown === "templates" && (
            <p>
              Every project can be made one, beside its name: new projects begin with its columns, fields and tasks.
            </p>
          )}
        </Empty>
      )}
      {pages.items.value === null && <Skeleton rows={6} />}
      <ul class="cards">
        {pages.items.value?.map((project) => (
          <li key={project.id}>
            {shown === "trashed" ? (
              <Trashed project={project} />
            ) : (
              <a class="card" href={`/projects/${project.id}`}>
                <About project={project} />
              </a>
            )}
          </li>
        ))}
      </ul>
      <More pages={pages} />
    </>
  );
}

function Trashed({ project }: { project: Project }) {
  const { route } = useLocation();
  const restore = (): void =>
    void attempt(async () => {
      await restoreProject(project.id);
      route(`/projects/${project.id}`);
    });
  return (
    <div class="card">
      <About project={project} />
      {(project.role === "owner" || isAdmin.value) && (
        <span class="actions">
          <button type="button" onClick={restore}>
            <Icon name="again" /> Bring it back
          </button>
        </span>
      )}
    </div>
  );
}

function About({ project: { key, role, is_template, name, description } }: { project: Project }) {
  return (
    <>
      <span class="facts">
        <span class="mark">{key}</span>
        <span class="soft">{role ?? "administrator"}</span>
        {is_template && <span class="mark">template</span>}
      </span>
      <strong>{name}</strong>
      {description !== "" && <span class="soft brief">{description.replace(/[*_`#>]/g, "")}</span>}
    </>
  );
}

interface NewProps {
  /** The id of the one to begin with, as the address has it. */
  template: string | undefined;
  onClose: () => void;
}

function NewProject({ template = "", onClose }: NewProps) {
  const { route } = useLocation();
  const templates = usePages("templates", (cursor) =>
    ok(api.GET("/api/projects", { params: { query: { is_template: true, sort: "name", limit: 100, cursor } } })),
  );
  const create = async (values: Record<string, string>): Promise<void> => {
    const { name = "", key = "", description = "", template_id = "" } = values;
    const chosen = { key: key === "" ? undefined : key, template_id: Number(template_id) || undefined };
    const project = await ok(
      api.POST("/api/projects", { body: { name, description, ...chosen }, headers: onceOnly() }),
    );
    await readProjects();
    route(`/projects/${project.id}`);
  };
  const offered = templates.items.value ?? [];
  return (
    <Dialog title="New project" onClose={onClose}>
      <Form onSubmit={create} submit="Create project">
        {(errors) => (
          <>
            <Field label="Name" name="name" required autoFocus maxLength={100} error={errors.name} />
            <Field
              label="Key"
              name="key"
              maxLength={10}
              hint="Its tasks are called after it, such as WEB-12. Made of the name when left out."
              error={errors.key}
            />
            <Field label="Description" name="description" error={errors.description} />
            {offered.length > 0 && (
              <div class="field">
                <label for="template">Begin with</label>
                <select id="template" name="template_id" aria-describedby="template-says">
                  <option value="">nothing</option>
                  {offered.map(({ id, name }) => (
                    <option key={id} value={id} selected={String(id) === template}>
                      {name}
                    </option>
                  ))}
                </select>
                <small id="template-says">A template gives its columns, workflow, fields, labels and tasks.</small>
                {errors.template_id !== undefined && <small class="wrong">{errors.template_id}</small>}
              </div>
            )}
          </>
        )}
      </Form>
    </Dialog>
  );
}
