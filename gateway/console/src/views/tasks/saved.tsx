import { useSignal } from "@preact/signals";
import { useLocation } from "preact-iso";
import { api, ok, onceOnly } from "../../api/client";
import { isAdmin, me } from "../../api/session";
import type { View } from "../../api/types";
import { usePages } from "../../state/pages";
import { projectOf } from "../../state/projects";
import { attempt, say } from "../../state/toasts";
import { Dialog } from "../../ui/dialog";
import { Field } from "../../ui/field";
import { Form } from "../../ui/form";
import { Icon } from "../../ui/icon";
import { conditions, isNarrowed, type Query, SORTS } from "./asked";

type Open = "new" | "edit" | null;

/** Lists that somebody gave a name: their own, and those of their projects. */
export function SavedViews({ query, changed }: { query: Query; changed: () => Promise<void> }) {
  const { route } = useLocation();
  const open = useSignal<Open>(null);
  const pages = usePages("views", (cursor) => ok(api.GET("/api/views", { params: { query: { limit: 100, cursor } } })));
  const views = pages.items.value ?? [];
  const now = views.find((view) => String(view.id) === query.view);
  const close = (): void => void (open.value = null);
  return (
    <>
      {views.length > 0 && (
        <select
          aria-label="Saved view"
          value={query.view ?? ""}
          onChange={({ currentTarget: { value } }) => route(value === "" ? "/tasks" : `/tasks?view=${value}`)}
        >
          <option value="">Saved views</option>
          {views.map((view) => (
            <option key={view.id} value={view.id}>
              {view.name}
            </option>
          ))}
        </select>
      )}
      {now !== undefined && (now.created_by === me.value?.id || isAdmin.value) && (
        <button type="button" class="quiet" onClick={() => void (open.value = "edit")}>
          <Icon name="pencil" /> Edit this view
        </button>
      )}
      {isNarrowed(query) && (
        <button type="button" class="quiet" onClick={() => void (open.value = "new")}>
          Save this view
        </button>
      )}
      {open.value === "new" && <Save query={query} reload={pages.reload} onClose={close} />}
      {open.value === "edit" && now !== undefined && (
        <Edit view={now} reload={pages.reload} changed={changed} onClose={close} />
      )}
    </>
  );
}

interface Props {
  reload: () => Promise<void>;
  onClose: () => void;
}

function Save({ query, reload, onClose }: Props & { query: Query }) {
  const { route } = useLocation();
  const project = Number(query.project) || undefined;
  const save = async ({ name = "", shared }: Record<string, string>): Promise<void> => {
    const body = {
      name,
      query: conditions(query),
      filter: query.filter || null,
      sort: query.sort || null,
      ...(shared === "on" && { shared: true, project_id: project }),
    };
    const view = await ok(api.POST("/api/views", { headers: onceOnly(), body }));
    onClose();
    say(`Saved “${name}”.`);
    await reload();
    route(`/tasks?view=${view.id}`);
  };
  return (
    <Dialog title="Save this view" onClose={onClose}>
      <Form onSubmit={save} submit="Save">
        {(errors) => (
          <>
            <Field label="Name" name="name" required autoFocus maxLength={100} error={errors.name} />
            {project !== undefined && (
              <label class="check">
                <input type="checkbox" name="shared" /> Share it with the project
              </label>
            )}
          </>
        )}
      </Form>
    </Dialog>
  );
}

/** Its name, its filter in words, its order, who sees it; or its end. */
function Edit({ view, reload, changed, onClose }: Props & { view: View; changed: () => Promise<void> }) {
  const { route } = useLocation();
  const params = { path: { view_id: view.id } };
  const project = projectOf(view.project_id);
  const save = async ({ name = "", filter = "", sort = "", shared }: Record<string, string>): Promise<void> => {
    const body = {
      name,
      filter: filter.trim() || null,
      sort: sort || null,
      ...(project !== undefined && { shared: shared === "on" }),
    };
    await ok(api.PATCH("/api/views/{view_id}", { params, headers: { "If-Match": `"${view.version}"` }, body }));
    onClose();
    await Promise.all([reload(), changed()]);
  };
  const remove = (): void =>
    void attempt(async () => {
      await ok(api.DELETE("/api/views/{view_id}", { params }));
      onClose();
      route("/tasks");
      await reload();
      say(`Forgot “${view.name}”.`, { label: "Undo", run: () => void attempt(bringBack) });
    });
  const bringBack = async (): Promise<void> => {
    const { name, query, filter, sort, project_id, shared } = view;
    await ok(api.POST("/api/views", { headers: onceOnly(), body: { name, query, filter, sort, project_id, shared } }));
    await reload();
  };
  return (
    <Dialog title="Edit this view" onClose={onClose}>
      <Form
        onSubmit={save}
        submit="Save"
        after={
          <button type="button" class="quiet danger" onClick={remove}>
            <Icon name="trash" /> Forget this view
          </button>
        }
      >
        {(errors) => (
          <>
            <Field label="Name" name="name" value={view.name} required maxLength={100} error={errors.name} />
            <Field
              label="Filter"
              name="filter"
              value={view.filter ?? ""}
              maxLength={2000}
              hint={Object.keys(view.query).length > 0 ? `Besides: ${told(view.query)}` : undefined}
              error={errors.filter}
            />
            <div class="field">
              <label for="view-sort">Order</label>
              <select id="view-sort" name="sort">
                {Object.entries(SORTS).map(([sort, words]) => (
                  <option key={sort} value={sort} selected={sort === (view.sort ?? "-created_at")}>
                    {words}
                  </option>
                ))}
              </select>
            </div>
            {project !== undefined && (
              <label class="check">
                <input type="checkbox" name="shared" defaultChecked={view.shared} /> Shared with {project.name}
              </label>
            )}
          </>
        )}
      </Form>
    </Dialog>
  );
}

const told = (query: View["query"]): string =>
  Object.entries(query)
    .map(([name, value]) => `${name.replaceAll("_", " ")} ${[value].flat().join(" or ")}`)
    .join(", ");
