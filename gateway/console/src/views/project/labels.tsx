import { api, ok, onceOnly } from "../../api/client";
import type { Label } from "../../api/types";
import { usePages } from "../../state/pages";
import { attempt } from "../../state/toasts";
import { Field } from "../../ui/field";
import { Form } from "../../ui/form";
import { Icon } from "../../ui/icon";
import { Listing } from "../../ui/listing";
import { Card } from "../../ui/pane";

/** The labels of a project, in its colours; those who run it make, recolour and remove them. */
export function Labels({ id, runs }: { id: number; runs: boolean }) {
  const pages = usePages(`labels ${id}`, (cursor) =>
    ok(api.GET("/api/labels", { params: { query: { project_id: id, usage: true, limit: 50, cursor } } })),
  );
  const add = async ({ name = "", color = "" }: Record<string, string>): Promise<void> => {
    await ok(api.POST("/api/labels", { headers: onceOnly(), body: { name, color, project_id: id } }));
    await pages.reload();
  };
  const act = (work: () => Promise<unknown>): void => void attempt(work).then(pages.reload);
  const params = (label: Label) => ({ path: { label_id: label.id } });
  return (
    <Card title="Labels">
      <Listing pages={pages} empty="None yet.">
        {(label) => (
          <li key={label.id}>
            <input
              type="color"
              aria-label={`Colour of ${label.name}`}
              value={label.color}
              disabled={!runs}
              onChange={({ currentTarget: { value: color } }) =>
                act(() => ok(api.PATCH("/api/labels/{label_id}", { params: params(label), body: { color } })))
              }
            />
            <a class="grow" href={`/tasks?project=${id}&filter=${encodeURIComponent(`label="${label.name}"`)}`}>
              {label.name}
            </a>
            <span class="soft">{label.usage ?? 0} tasks</span>
            {runs && (
              <button
                type="button"
                class="quiet square"
                aria-label={`Delete the label ${label.name}`}
                onClick={() => act(() => ok(api.DELETE("/api/labels/{label_id}", { params: params(label) })))}
              >
                <Icon name="trash" />
              </button>
            )}
          </li>
        )}
      </Listing>
      {runs && (
        <Form onSubmit={add} submit="Add a label">
          {(errors) => (
            <div class="row">
              <Field label="Name" name="name" required maxLength={50} error={errors.name} />
              <div class="field">
                <label for="label-color">Colour</label>
                <input id="label-color" name="color" type="color" defaultValue="#2f5bd8" />
              </div>
            </div>
          )}
        </Form>
      )}
    </Card>
  );
}
