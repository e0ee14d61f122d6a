import { useLocation } from "preact-iso";
import { me } from "../api/session";
import { PRIORITIES, type Priority } from "../api/types";
import { projects } from "../state/projects";
import { createTask } from "../state/tasks";
import { say } from "../state/toasts";
import { Dialog } from "./dialog";
import { Field } from "./field";
import { Form } from "./form";
import { PRIORITY_WORDS } from "./words";

export function NewTask({ onClose }: { onClose: () => void }) {
  const { path, query, route } = useLocation();
  const here = Number(query.project ?? /^\/projects\/(\d+)/.exec(path)?.[1]) || null;

  async function create(values: Record<string, string>): Promise<void> {
    const task = await createTask({
      title: values.title ?? "",
      description: values.description ?? "",
      priority: values.priority as Priority,
      due_date: values.due_date || null,
      project_id: Number(values.project) || null,
      assignee_ids: values.mine === "on" && me.value !== null ? [me.value.id] : [],
    });
    onClose();
    say(`Created “${task.title}”.`, { label: "Open", run: () => route(`/tasks/${task.id}`) });
  }

  return (
    <Dialog title="New task" onClose={onClose}>
      <Form onSubmit={create} submit="Create task">
        {(errors) => (
          <>
            <Field label="Title" name="title" required maxLength={200} autoFocus error={errors.title} />
            <div class="field">
              <label for="new-description">Description</label>
              <textarea id="new-description" name="description" rows={4} maxLength={20_000} />
            </div>
            <div class="row">
              <div class="field">
                <label for="new-priority">Priority</label>
                <select id="new-priority" name="priority">
                  {PRIORITIES.map((priority) => (
                    <option key={priority} value={priority} selected={priority === "medium"}>
                      {PRIORITY_WORDS[priority]}
                    </option>
                  ))}
                </select>
              </div>
              <Field label="Due" name="due_date" type="date" error={errors.due_date} />
            </div>
            {projects.value.length > 0 && (
              <div class="field">
                <label for="new-project">Project</label>
                <select id="new-project" name="project">
                  <option value="">none</option>
                  {projects.value.map(({ id, key, name }) => (
                    <option key={id} value={id} selected={id === here}>
                      {key} {name}
                    </option>
                  ))}
                </select>
              </div>
            )}
            <label class="check">
              <input type="checkbox" name="mine" /> Assign it to me
            </label>
          </>
        )}
      </Form>
    </Dialog>
  );
}
