import { useSignal } from "@preact/signals";
import { api, ok, onceOnly } from "../../api/client";
import { me } from "../../api/session";
import type { Label } from "../../api/types";
import { readLabels } from "../../state/labels";
import { usePages } from "../../state/pages";
import { attempt, say } from "../../state/toasts";
import { Confirm, Dialog } from "../../ui/dialog";
import { Field } from "../../ui/field";
import { Form } from "../../ui/form";
import { Icon } from "../../ui/icon";
import { Listing } from "../../ui/listing";
import { Dot } from "../../ui/marks";
import { Menu } from "../../ui/menu";
import { Card } from "../../ui/pane";

interface Props {
  /** Of which project; null for this person's own. */
  project: number | null;
  runs: boolean;
}

type Asked = { what: "edit" | "merge" | "delete"; label: Label } | null;

/** The labels of a project, or somebody's own; those who run it make, rename, recolour, merge and remove them. */
export function Labels({ project, runs }: Props) {
  const asked = useSignal<Asked>(null);
  const pages = usePages(`labels ${project}`, async (cursor) => {
    const query = { project_id: project ?? undefined, usage: true, limit: 100, cursor };
    const page = await ok(api.GET("/api/labels", { params: { query } }));
    const own = page.items.filter((label) => label.owner_id === me.value?.id && label.project_id === null);
    return { ...page, items: project === null ? own : page.items };
  });
  const changed = async (): Promise<void> => {
    await Promise.all([pages.reload(), readLabels()]);
  };
  const close = (): void => void (asked.value = null);
  const now = asked.value;
  return (
    <Card title="Labels">
      <Listing
        pages={pages}
        empty={project === null ? "None yet. They are for your tasks outside of projects." : "None yet."}
      >
        {(label) => (
          <Row key={label.id} label={label} runs={runs} ask={(what) => void (asked.value = { what, label })} />
        )}
      </Listing>
      {runs && <Add project={project} added={changed} />}
      {now?.what === "edit" && <Edit label={now.label} done={changed} onClose={close} />}
      {now?.what === "merge" && (
        <Merge label={now.label} others={pages.items.value ?? []} done={changed} onClose={close} />
      )}
      {now?.what === "delete" && (
        <Confirm
          title={`Delete the label ${now.label.name}?`}
          yes="Delete it"
          act={() => void attempt(() => remove(now.label)).then(changed)}
          onClose={close}
        >
          {now.label.usage ?? 0} tasks lose it.
        </Confirm>
      )}
    </Card>
  );
}

const at = (label: Label) => ({ path: { label_id: label.id } });
const remove = (label: Label): Promise<unknown> => ok(api.DELETE("/api/labels/{label_id}", { params: at(label) }));

interface RowProps {
  label: Label;
  runs: boolean;
  ask: (what: "edit" | "merge" | "delete") => void;
}

function Row({ label, runs, ask }: RowProps) {
  const within = label.project_id === null ? "" : `&project=${label.project_id}`;
  return (
    <li>
      <Dot color={label.color} />
      <a class="grow title" href={`/tasks?label=${encodeURIComponent(label.name)}${within}`}>
        {label.name}
      </a>
      <span class="soft">{label.usage ?? 0} tasks</span>
      {runs && (
        <Menu label={`Change ${label.name}`} icon="more" terse>
          <button type="button" class="quiet" onClick={() => ask("edit")}>
            <Icon name="pencil" /> Rename or recolour
          </button>
          <button type="button" class="quiet" onClick={() => ask("merge")}>
            <Icon name="subtasks" /> Merge into another
          </button>
          <button type="button" class="quiet danger" onClick={() => ask("delete")}>
            <Icon name="trash" /> Delete
          </button>
        </Menu>
      )}
    </li>
  );
}

function Add({ project, added }: { project: number | null; added: () => Promise<void> }) {
  const make = async ({ name = "", color = "" }: Record<string, string>): Promise<void> => {
    const body = { name, color, ...(project !== null && { project_id: project }) };
    await ok(api.POST("/api/labels", { headers: onceOnly(), body }));
    await added();
  };
  return (
    <Form onSubmit={make} submit="Add a label" clear>
      {(errors) => <Looks error={errors.name} />}
    </Form>
  );
}

function Looks({ label, error }: { label?: Label; error: string | undefined }) {
  return (
    <div class="row named">
      <Field label="Name" name="name" value={label?.name} required maxLength={50} error={error} />
      <Field label="Colour" name="color" type="color" value={label?.color ?? "#2f5bd8"} />
    </div>
  );
}

interface AskedProps {
  label: Label;
  done: () => Promise<void>;
  onClose: () => void;
}

function Edit({ label, done, onClose }: AskedProps) {
  const save = async ({ name = "", color = "" }: Record<string, string>): Promise<void> => {
    const headers = { "If-Match": `"${label.version}"` };
    const changes = { ...(name !== label.name && { name }), ...(color !== label.color && { color }) };
    await ok(api.PATCH("/api/labels/{label_id}", { params: at(label), headers, body: changes }));
    onClose();
    await done();
  };
  return (
    <Dialog title={`The label ${label.name}`} onClose={onClose}>
      <Form onSubmit={save} submit="Save">
        {(errors) => (
          <>
            <Looks label={label} error={errors.name} />
            <small class="soft">Another name is given to its {label.usage ?? 0} tasks as well.</small>
          </>
        )}
      </Form>
    </Dialog>
  );
}

function Merge({ label, others, done, onClose }: AskedProps & { others: readonly Label[] }) {
  const merge = async ({ into = "" }: Record<string, string>): Promise<void> => {
    const body = { into: Number(into) };
    const kept = await ok(api.POST("/api/labels/{label_id}/merge", { params: at(label), headers: onceOnly(), body }));
    onClose();
    say(`What was ${label.name} is ${kept.name} now.`);
    await done();
  };
  const rest = others.filter(({ id }) => id !== label.id);
  return (
    <Dialog title={`Merge ${label.name} into another label`} onClose={onClose}>
      {rest.length === 0 ? (
        <p>There is no other label here.</p>
      ) : (
        <Form onSubmit={merge} submit="Merge">
          {() => (
            <div class="field">
              <label for="into">Its tasks get instead</label>
              <select id="into" name="into">
                {rest.map(({ id, name }) => (
                  <option key={id} value={id}>
                    {name}
                  </option>
                ))}
              </select>
            </div>
          )}
        </Form>
      )}
    </Dialog>
  );
}
