import { useSignal } from "@preact/signals";
import { api, ok } from "../../api/client";
import type { CustomField } from "../../api/types";
import { usePages } from "../../state/pages";
import { attempt } from "../../state/toasts";
import { Confirm, Dialog } from "../../ui/dialog";
import { Field } from "../../ui/field";
import { Form } from "../../ui/form";
import { Icon } from "../../ui/icon";
import { Listing } from "../../ui/listing";
import { Card } from "../../ui/pane";

const TYPES = { text: "Text", number: "Number", date: "Date", choice: "Choice", user: "Person" } as const;
type Type = keyof typeof TYPES;
type Asked = { what: "edit" | "delete"; field: CustomField } | null;

const at = ({ id, project_id }: CustomField) => ({ path: { project_id, field_id: id } });

const parts = (options: string): string[] =>
  options
    .split(",")
    .map((one) => one.trim())
    .filter(Boolean);

/** What the tasks of a project have besides what all tasks have. */
export function Fields({ id }: { id: number }) {
  const asked = useSignal<Asked>(null);
  const params = { path: { project_id: id } };
  const pages = usePages(`fields ${id}`, (cursor) =>
    ok(api.GET("/api/projects/{project_id}/fields", { params: { ...params, query: { limit: 100, cursor } } })),
  );
  const remove = (field: CustomField): void =>
    void attempt(() => ok(api.DELETE("/api/projects/{project_id}/fields/{field_id}", { params: at(field) }))).then(
      pages.reload,
    );
  const close = (): void => void (asked.value = null);
  const now = asked.value;
  return (
    <Card title="Fields of its own">
      <Listing pages={pages} empty="None.">
        {(field) => (
          <li key={field.id}>
            <span class="grow">
              {field.name} {field.required && <span class="mark">required</span>}
              <small class="soft">
                {TYPES[field.type]}
                {field.options.length > 0 && `: ${field.options.join(", ")}`}
              </small>
            </span>
            <button
              type="button"
              class="quiet square"
              aria-label={`Edit ${field.name}`}
              onClick={() => void (asked.value = { what: "edit", field })}
            >
              <Icon name="pencil" />
            </button>
            <button
              type="button"
              class="quiet square"
              aria-label={`Delete ${field.name}`}
              onClick={() => void (asked.value = { what: "delete", field })}
            >
              <Icon name="trash" />
            </button>
          </li>
        )}
      </Listing>
      <Add id={id} added={pages.reload} />
      {now?.what === "edit" && <Edit field={now.field} done={pages.reload} onClose={close} />}
      {now?.what === "delete" && (
        <Confirm
          title={`Delete the field ${now.field.name}?`}
          yes="Delete it"
          act={() => remove(now.field)}
          onClose={close}
        >
          What stands in it goes with it, on every task.
        </Confirm>
      )}
    </Card>
  );
}

function Add({ id, added }: { id: number; added: () => Promise<void> }) {
  const type = useSignal<Type>("text");
  const add = async ({ name = "", required, options = "" }: Record<string, string>): Promise<void> => {
    const body = { name, type: type.peek(), required: required === "on", options: parts(options) };
    await ok(api.POST("/api/projects/{project_id}/fields", { params: { path: { project_id: id } }, body }));
    type.value = "text";
    await added();
  };
  return (
    <Form onSubmit={add} submit="Add a field" clear>
      {(errors) => (
        <>
          <div class="row">
            <Field label="Name" name="name" required maxLength={50} error={errors.name} />
            <div class="field">
              <label for="field-type">Type</label>
              <select
                id="field-type"
                value={type.value}
                onChange={(event) => void (type.value = event.currentTarget.value as Type)}
              >
                {Object.entries(TYPES).map(([value, words]) => (
                  <option key={value} value={value}>
                    {words}
                  </option>
                ))}
              </select>
            </div>
          </div>
          {type.value === "choice" && <Options error={errors.options} />}
          <label class="check">
            <input type="checkbox" name="required" /> Every task must have it
          </label>
        </>
      )}
    </Form>
  );
}

const Options = ({ value, error }: { value?: string; error: string | undefined }) => (
  <Field label="Choices" name="options" value={value} required hint="Separated by commas." error={error} />
);

interface EditProps {
  field: CustomField;
  done: () => Promise<void>;
  onClose: () => void;
}

function Edit({ field, done, onClose }: EditProps) {
  const save = async ({ name = "", required, options = "" }: Record<string, string>): Promise<void> => {
    const headers = { "If-Match": `"${field.version}"` };
    const choices = field.type === "choice" ? { options: parts(options) } : {};
    const body = { name, required: required === "on", ...choices };
    await ok(api.PATCH("/api/projects/{project_id}/fields/{field_id}", { params: at(field), headers, body }));
    onClose();
    await done();
  };
  return (
    <Dialog title={`The field ${field.name}`} onClose={onClose}>
      <Form onSubmit={save} submit="Save">
        {(errors) => (
          <>
            <Field label="Name" name="name" value={field.name} required maxLength={50} error={errors.name} />
            {field.type === "choice" && <Options value={field.options.join(", ")} error={errors.options} />}
            <label class="check">
              <input type="checkbox" name="required" defaultChecked={field.required} /> Every task must have it
            </label>
          </>
        )}
      </Form>
    </Dialog>
  );
}
