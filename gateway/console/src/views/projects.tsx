import { useSignal } from "@preact/signals";
import { useLocation } from "preact-iso";
import { api, ok, onceOnly } from "../api/client";
import { usePages } from "../state/pages";
import { forgetProjects } from "../state/projects";
import { Dialog } from "../ui/dialog";
import { Empty } from "../ui/empty";
import { Field } from "../ui/field";
import { Form } from "../ui/form";

export function Projects() {
  const making = useSignal(false);
  const archived = useSignal(false);
  const pages = usePages(`projects ${archived.value}`, (cursor) =>
    ok(api.GET("/api/projects", { params: { query: { archived: archived.value, limit: 50, cursor } } })),
  );
  return (
    <>
      <header class="view">
        <h1>Projects</h1>
        <span class="facts">
          <label class="check">
            <input type="checkbox" onChange={(event) => void (archived.value = event.currentTarget.checked)} /> Archived
          </label>
          <button type="button" onClick={() => void (making.value = true)}>
            New project
          </button>
        </span>
      </header>
      {pages.items.value?.length === 0 && (
        <Empty title="No project here">
          <p>A project gathers tasks, and the people who see them.</p>
        </Empty>
      )}
      <ul class="cards">
        {pages.items.value?.map((project) => (
          <li key={project.id}>
            <a class="card" href={`/projects/${project.id}`}>
              <span class="soft">{project.key}</span>
              <strong>{project.name}</strong>
              <span class="soft">{project.role ?? "administrator"}</span>
            </a>
          </li>
        ))}
      </ul>
      {pages.more.value && (
        <button type="button" class="more" onClick={() => void pages.loadMore()}>
          Show more
        </button>
      )}
      {making.value && <NewProject onClose={() => void (making.value = false)} />}
    </>
  );
}

function NewProject({ onClose }: { onClose: () => void }) {
  const { route } = useLocation();
  const create = async ({ name = "", key = "", description = "" }: Record<string, string>): Promise<void> => {
    const body = { name, description, key: key === "" ? undefined : key };
    const project = await ok(api.POST("/api/projects", { body, headers: onceOnly() }));
    forgetProjects();
    onClose();
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
