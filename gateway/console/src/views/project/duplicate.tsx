import { useLocation } from "preact-iso";
import { api, ok, onceOnly } from "../../api/client";
import type { Project, ProjectPart } from "../../api/types";
import { changeProject, readProjects } from "../../state/projects";
import { attempt } from "../../state/toasts";
import { Dialog } from "../../ui/dialog";
import { Field } from "../../ui/field";
import { Form } from "../../ui/form";

const PARTS: Record<ProjectPart, string> = {
  statuses: "Columns and workflow",
  fields: "Fields",
  labels: "Labels",
  tasks: "Tasks",
  members: "Members and who is assigned",
};
const LONGEST = 100; // characters of a name

/** A new project of one's own with what is ticked of this one. */
export function Duplicate({ project, onClose }: { project: Project; onClose: () => void }) {
  const { route } = useLocation();
  const copy = async ({ name = "", key = "", template, ...ticked }: Record<string, string>): Promise<void> => {
    const include = Object.keys(ticked) as ProjectPart[];
    const params = { path: { project_id: project.id } };
    const body = { name, key: key === "" ? undefined : key, include };
    const made = await ok(api.POST("/api/projects/{project_id}/duplicate", { params, body, headers: onceOnly() }));
    if (template === "on") await attempt(() => changeProject(made, { is_template: true }));
    onClose();
    await readProjects();
    route(`/projects/${made.id}`);
  };
  return (
    <Dialog title={`Duplicate ${project.name}`} onClose={onClose}>
      <Form onSubmit={copy} submit="Duplicate">
        {(errors) => (
          <>
            <Field
              label="Name"
              name="name"
              value={`Copy of ${project.name}`.slice(0, LONGEST)}
              required
              autoFocus
              maxLength={LONGEST}
              error={errors.name}
            />
            <Field label="Key" name="key" maxLength={10} hint="Made of the name when left out." error={errors.key} />
            <fieldset>
              <legend>What goes along</legend>
              {Object.entries(PARTS).map(([part, words]) => (
                <label class="check" key={part}>
                  <input type="checkbox" name={part} defaultChecked={part !== "members"} /> {words}
                </label>
              ))}
            </fieldset>
            <small class="soft">Comments, files and times stay with the first one.</small>
            <label class="check">
              <input type="checkbox" name="template" defaultChecked={project.is_template} /> The copy is a template
            </label>
          </>
        )}
      </Form>
    </Dialog>
  );
}
