import { api, ok } from "../../api/client";
import type { CustomField, ProjectStatus, Task, TaskChanges } from "../../api/types";
import { usePages } from "../../state/pages";
import { nameOf } from "../../state/people";
import { PersonPicker } from "../../ui/person-picker";

type Change = (changes: TaskChanges) => void;

export function OwnStatus({ task, of, change }: { task: Task; of: readonly ProjectStatus[]; change: Change }) {
  return (
    <select
      aria-label="Status"
      value={task.status_id ?? ""}
      onChange={(event) => change({ status_id: Number(event.currentTarget.value) })}
    >
      {task.status_id === null && <option value="">{task.status.replace("_", " ")}</option>}
      {of.map((status) => (
        <option key={status.id} value={status.id}>
          {status.name}
        </option>
      ))}
    </select>
  );
}

/** The fields that the project gave its tasks. */
export function OwnFields({ task, change }: { task: Task; change: Change }) {
  const project = task.project_id;
  const pages = usePages(`fields ${project}`, async (cursor) =>
    project === null
      ? { items: [] }
      : ok(
          api.GET("/api/projects/{project_id}/fields", {
            params: { path: { project_id: project }, query: { limit: 100, cursor } },
          }),
        ),
  );
  return pages.items.value?.map((field) => {
    const set = (value: string | number | null): void =>
      change({ custom_fields: { ...task.custom_fields, [field.key]: value } as TaskChanges["custom_fields"] });
    return [
      <dt key={`${field.id} name`}>{field.name}</dt>,
      <dd key={field.id}>
        <Value field={field} value={(task.custom_fields[field.key] as string | number | null) ?? null} set={set} />
      </dd>,
    ];
  });
}

interface ValueProps {
  field: CustomField;
  value: string | number | null;
  set: (value: string | number | null) => void;
}

function Value({ field, value, set }: ValueProps) {
  if (field.type === "choice")
    return (
      <select aria-label={field.name} value={value ?? ""} onChange={(event) => set(event.currentTarget.value || null)}>
        <option value="">none</option>
        {field.options.map((option) => (
          <option key={option} value={option}>
            {option}
          </option>
        ))}
      </select>
    );
  if (field.type === "user")
    return (
      <>
        {typeof value === "number" && nameOf(value)}
        <PersonPicker label={field.name} without={typeof value === "number" ? [value] : []} choose={set} />
      </>
    );
  return (
    <input
      key={value}
      aria-label={field.name}
      type={field.type as "text"}
      step={field.type === "number" ? "any" : undefined}
      defaultValue={value ?? ""}
      onChange={({ currentTarget: { value: text } }) =>
        set(text === "" ? null : field.type === "number" ? Number(text) : text)
      }
    />
  );
}
