import { useSignal } from "@preact/signals";
import { api, ok, onceOnly } from "../../api/client";
import { sendFile } from "../../api/files";
import type { Imported } from "../../api/types";
import { projects } from "../../state/projects";
import { useProgress } from "../../state/use-progress";
import { Dialog } from "../../ui/dialog";
import { Form } from "../../ui/form";

const SOURCES = {
  taskwire: "CSV, JSON or iCalendar",
  todoist: "Todoist (CSV)",
  trello: "Trello (JSON)",
  vikunja: "Vikunja (data.json)",
};
const SHOWN = 50; // errors
const ENDED = ["done", "failed", "cancelled"];

/** Tasks out of a file, with what was wrong with which row. */
export function Import({ project, onClose }: { project: string | undefined; onClose: () => void }) {
  const job = useSignal<Imported | null>(null);
  const start = async ({
    source = "",
    project_id = "",
    atomic,
    file,
  }: Record<string, string | File>): Promise<void> => {
    const asked = new URLSearchParams({ source: source as string, ...(atomic === "on" && { atomic: "true" }) });
    if (project_id !== "") asked.set("project_id", project_id as string);
    const begun = await sendFile<{ id: number }>(`/api/tasks/import?${asked}`, file as File, onceOnly());
    await look(begun.id);
  };
  const look = async (id: number): Promise<void> => {
    job.value = await ok(api.GET("/api/imports/{import_id}", { params: { path: { import_id: id } } }));
  };
  const now = job.value;
  useProgress(now !== null && !ENDED.includes(now.status), () => look(now?.id ?? 0));
  return (
    <Dialog title="Import tasks" onClose={onClose}>
      {now === null ? (
        <Form onSubmit={start} submit="Import">
          {() => (
            <>
              <div class="field">
                <label for="import-file">File</label>
                <input id="import-file" name="file" type="file" required accept=".csv,.json,.ics" />
                <small>
                  A table has columns such as title, description, status, priority, due_date, labels; with an
                  external_id, a second import brings the same tasks up to date.
                </small>
              </div>
              <div class="row">
                <div class="field">
                  <label for="import-source">It comes from</label>
                  <select id="import-source" name="source">
                    {Object.entries(SOURCES).map(([source, words]) => (
                      <option key={source} value={source}>
                        {words}
                      </option>
                    ))}
                  </select>
                </div>
                <div class="field">
                  <label for="import-project">Into the project</label>
                  <select id="import-project" name="project_id">
                    <option value="">As the file says</option>
                    {projects.value.map(({ id, key, name }) => (
                      <option key={id} value={id} selected={String(id) === project}>
                        {key} {name}
                      </option>
                    ))}
                  </select>
                </div>
              </div>
              <label class="check">
                <input type="checkbox" name="atomic" /> All rows or none
              </label>
            </>
          )}
        </Form>
      ) : (
        <Result job={now} />
      )}
    </Dialog>
  );
}

function Result({ job }: { job: Imported }) {
  const { done, total } = job.progress;
  return (
    <div class="stack" role="status">
      {ENDED.includes(job.status) ? (
        <p>
          <strong>{job.created.toLocaleString()}</strong> made, <strong>{job.updated.toLocaleString()}</strong> brought
          up to date, <strong>{job.error_count.toLocaleString()}</strong> rows wrong.
        </p>
      ) : (
        <p>
          <progress value={done} max={total || 1} aria-label="Progress" /> {done.toLocaleString()} of{" "}
          {total === 0 ? "…" : total.toLocaleString()} rows
        </p>
      )}
      {job.errors.length > 0 && (
        <table class="plain">
          <thead>
            <tr>
              <th scope="col">Row</th>
              <th scope="col">What is wrong</th>
            </tr>
          </thead>
          <tbody>
            {job.errors.slice(0, SHOWN).map(({ row, pointer, message }) => (
              <tr key={`${row} ${pointer}`}>
                <th scope="row">{row === 0 ? "file" : row}</th>
                <td>
                  {pointer.replace(/^\//, "")} {message}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </div>
  );
}
