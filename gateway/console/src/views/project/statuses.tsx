import { useSignal } from "@preact/signals";
import { api, ok } from "../../api/client";
import { type ProjectStatus, STATUSES, type Status } from "../../api/types";
import type { Pages } from "../../state/pages";
import { attempt } from "../../state/toasts";
import { Dialog } from "../../ui/dialog";
import { Field } from "../../ui/field";
import { Form } from "../../ui/form";
import { Icon } from "../../ui/icon";
import { Listing } from "../../ui/listing";
import { Dot } from "../../ui/marks";
import { Card } from "../../ui/pane";
import { STATUS_WORDS } from "../../ui/words";

const GREY = "#8c8c8c";

const at = ({ id, project_id }: ProjectStatus) => ({ path: { project_id, status_id: id } });

/** The columns of a project's board, in their order. */
export function Statuses({ id, pages }: { id: number; pages: Pages<ProjectStatus> }) {
  const editing = useSignal<ProjectStatus | null>(null);
  const params = { path: { project_id: id } };
  const all = pages.items.value ?? [];
  const add = async ({ name = "", category = "", color = "" }: Record<string, string>): Promise<void> => {
    const body = { name, category: category as Status, color };
    await ok(api.POST("/api/projects/{project_id}/statuses", { params, body }));
    await pages.reload();
  };
  const swap = (one: ProjectStatus, other: ProjectStatus | undefined): void =>
    void attempt(async () => {
      if (other === undefined) return;
      await move(one, other.position);
      await move(other, one.position);
      await pages.reload();
    });
  return (
    <Card title="Columns of the board">
      <Listing pages={pages} empty="The four that every task has. With one of its own, a project has only its own.">
        {(status) => {
          const number = all.indexOf(status);
          return (
            <li key={status.id}>
              <Dot color={status.color ?? GREY} />
              <span class="grow">
                {status.name} <span class="mark">{STATUS_WORDS[status.category]}</span>
              </span>
              <span class="facts">
                <Step name="up" of={status} off={number === 0} act={() => swap(status, all[number - 1])} />
                <Step
                  name="down"
                  of={status}
                  off={number === all.length - 1}
                  act={() => swap(status, all[number + 1])}
                />
                <button
                  type="button"
                  class="quiet square"
                  aria-label={`Edit ${status.name}`}
                  onClick={() => void (editing.value = status)}
                >
                  <Icon name="pencil" />
                </button>
              </span>
            </li>
          );
        }}
      </Listing>
      <Form onSubmit={add} submit="Add a column" clear>
        {(errors) => <Looks errors={errors} />}
      </Form>
      {editing.value !== null && (
        <Edit
          status={editing.value}
          others={all.filter((one) => one.id !== editing.value?.id)}
          done={pages.reload}
          onClose={() => void (editing.value = null)}
        />
      )}
    </Card>
  );
}

const move = (status: ProjectStatus, position: number): Promise<unknown> =>
  ok(api.PATCH("/api/projects/{project_id}/statuses/{status_id}", { params: at(status), body: { position } }));

interface StepProps {
  name: "up" | "down";
  of: ProjectStatus;
  off: boolean;
  act: () => void;
}

function Step({ name, of, off, act }: StepProps) {
  return (
    <button type="button" class="quiet square" aria-label={`${of.name} ${name}`} disabled={off} onClick={act}>
      <Icon name={name} />
    </button>
  );
}

function Looks({ status, errors }: { status?: ProjectStatus; errors: Record<string, string> }) {
  return (
    <div class="row named three">
      <Field label="Name" name="name" value={status?.name} required maxLength={50} error={errors.name} />
      <div class="field">
        <label for={`category-${status?.id}`}>Counts as</label>
        <select id={`category-${status?.id}`} name="category">
          {STATUSES.map((one) => (
            <option key={one} value={one} selected={one === (status?.category ?? "todo")}>
              {STATUS_WORDS[one]}
            </option>
          ))}
        </select>
        {errors.category !== undefined && <small class="wrong">{errors.category}</small>}
      </div>
      <Field label="Colour" name="color" type="color" value={status?.color ?? GREY} />
    </div>
  );
}

interface EditProps {
  status: ProjectStatus;
  others: readonly ProjectStatus[];
  done: () => Promise<void>;
  onClose: () => void;
}

function Edit({ status, others, done, onClose }: EditProps) {
  const save = async ({ name = "", category = "", color = "" }: Record<string, string>): Promise<void> => {
    const headers = { "If-Match": `"${status.version}"` };
    const body = { name, color, ...(category !== status.category && { category: category as Status }) };
    await ok(api.PATCH("/api/projects/{project_id}/statuses/{status_id}", { params: at(status), headers, body }));
    onClose();
    await done();
  };
  const remove = async ({ replace_with = "" }: Record<string, string>): Promise<void> => {
    const query = { replace_with: Number(replace_with) || undefined };
    await ok(api.DELETE("/api/projects/{project_id}/statuses/{status_id}", { params: { ...at(status), query } }));
    onClose();
    await done();
  };
  return (
    <Dialog title={`The column ${status.name}`} onClose={onClose}>
      <div class="stack">
        <Form onSubmit={save} submit="Save">
          {(errors) => <Looks status={status} errors={errors} />}
        </Form>
        <Form onSubmit={remove} submit="Delete the column">
          {() => (
            <div class="field">
              <label for="replace">Its tasks go to</label>
              <select id="replace" name="replace_with">
                <option value="">nowhere: only if there are none</option>
                {others.map(({ id, name }) => (
                  <option key={id} value={id}>
                    {name}
                  </option>
                ))}
              </select>
            </div>
          )}
        </Form>
      </div>
    </Dialog>
  );
}
