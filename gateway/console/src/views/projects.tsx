import { useSignal } from "@preact/signals";
import { useLocation } from "preact-iso";
import { api, ok, onceOnly } from "../api/client";
import { usePages } from "../state/pages";
import { readProjects } from "../state/projects";
import { useReloadOnChange } from "../state/use-reload";
import { Dialog } from "../ui/dialog";
import { Empty } from "../ui/empty";
import { Field } from "../ui/field";
import { Form } from "../ui/form";
import { Icon } from "../ui/icon";
import { More } from "../ui/listing";
import { Skeleton } from "../ui/skeleton";

export function Projects() {
  const { query, route } = useLocation();
  const making = useSignal(query.new === "1");
  const archived = useSignal(false);
  const pages = usePages(`projects ${archived.value}`, (cursor) =>
    ok(api.GET("/api/projects", { params: { query: { archived: archived.value, limit: 50, cursor } } })),
  );
  useReloadOnChange(pages.reload, ["project"]);
  const close = (): void => {
    making.value = false;
    if (query.new === "1") route("/projects", true);
  };
  return (
    <>
      <header class="view">
        <h1>Projects</h1>
        <span class="facts">
          <label class="check">
            <input type="checkbox" onChange={(event) => void (archived.value = event.currentTarget.checked)} /> Archived
          </label>
          <button type="button" onClick={() => void (making.value = true)}>
            <Icon name="add" /> New project
          </button>
        </span>
      </header>
      {pages.items.value?.length === 0 && (
        <Empty icon="folder" title={archived.value ? "Nothing is archived" : "No project yet"}>
          <p>A project gathers tasks and the people who see them, with a board, fields and labels of its own.</p>
        </Empty>
      )}
      {pages.items.value === null && <Skeleton rows={6} />}
      <ul class="cards">
        {pages.items.value?.map((project) => (
          <li key={project.id}>
            <a class="card" href={`/projects/${project.id}`}>
              <span class="facts">
                <span class="mark">{project.key}</span>
                <span class="soft">{project.role ?? "administrator"}</span>
              </span>
              <strong>{project.name}</strong>
              {project.description !== "" && (
                <span class="soft brief">{project.description.replace(/[*_`#>]/g, "")}</span>
              )}
            </a>
          </li>
        ))}
      </ul>
      <More pages={pages} />
      {making.value && <NewProject onClose={close} />}
    </>
  );
}

function NewProject({ onClose }: { onClose: () => void }) {
  const { route } = useLocation();
  const create = async ({ name = "", key = "", description = "" }: Record<string, string>): Promise<void> => {
    const body = { name, description, key: key === "" ? undefined : key };
    const project = await ok(api.POST("/api/projects", { body, headers: onceOnly() }));
    await readProjects();
    route(`/projects/${project.id}`);
  };
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
          </>
        )}
      </Form>
    </Dialog>
  );
}
