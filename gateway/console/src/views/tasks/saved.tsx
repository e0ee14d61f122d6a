import { useSignal } from "@preact/signals";
import { useLocation } from "preact-iso";
import { api, ok, onceOnly } from "../../api/client";
import { isAdmin, me } from "../../api/session";
import { usePages } from "../../state/pages";
import { attempt, say } from "../../state/toasts";
import { Dialog } from "../../ui/dialog";
import { Field } from "../../ui/field";
import { Form } from "../../ui/form";
import { conditions, isNarrowed, type Query } from "./asked";

/** Lists that somebody gave a name: their own, and those of their projects. */
export function SavedViews({ query }: { query: Query }) {
  const { route } = useLocation();
  const saving = useSignal(false);
  const pages = usePages("views", (cursor) => ok(api.GET("/api/views", { params: { query: { limit: 100, cursor } } })));
  const views = pages.items.value ?? [];
  const open = views.find((view) => String(view.id) === query.view);
  const remove = (): void =>
    void attempt(async () => {
      if (open !== undefined) await ok(api.DELETE("/api/views/{view_id}", { params: { path: { view_id: open.id } } }));
      route("/tasks");
      await pages.reload();
    });
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
      {open !== undefined && (open.created_by === me.value?.id || isAdmin.value) && (
        <button type="button" class="quiet" onClick={remove}>
          Forget this view
        </button>
      )}
      {isNarrowed(query) && (
        <button type="button" class="quiet" onClick={() => void (saving.value = true)}>
          Save this view
        </button>
      )}
      {saving.value && <Save query={query} reload={pages.reload} onClose={() => void (saving.value = false)} />}
    </>
  );
}

interface SaveProps {
  query: Query;
  reload: () => Promise<void>;
  onClose: () => void;
}

function Save({ query, reload, onClose }: SaveProps) {
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
