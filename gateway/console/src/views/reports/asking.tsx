import type { ReportRequest } from "../../api/types";
import { projectOf } from "../../state/projects";

type Kind = ReportRequest["kind"];

export const KINDS: Record<Kind, string> = {
  tasks: "Tasks",
  time: "Time spent",
  activity: "What happened",
  insights: "Insights",
  workload: "Workload",
  project_summary: "Summary of the project",
};

export const FORMATS = { xlsx: "Excel", csv: "CSV", json: "JSON" } as const;

const WHOLE: readonly Kind[] = ["insights", "workload"]; // are about everything that one sees

/** What is asked for, narrowed to the project that the page is about. */
export function requestOf({ kind, format }: Record<string, string>, project: number | null): ReportRequest {
  const filter = project === null || WHOLE.includes(kind as Kind) ? {} : { project_id: project };
  return { kind: kind as Kind, format: format as ReportRequest["format"], filter };
}

/** A kind and a format. */
export function Choices({ id, project }: { id: string; project: number | null }) {
  const kinds = Object.entries(KINDS).filter(([kind]) => kind !== "project_summary" || project !== null);
  return (
    <>
      <div class="field">
        <label for={`${id}-kind`}>Report</label>
        <select id={`${id}-kind`} name="kind">
          {kinds.map(([kind, words]) => (
            <option key={kind} value={kind}>
              {words}
            </option>
          ))}
        </select>
      </div>
      <div class="field">
        <label for={`${id}-format`}>As</label>
        <select id={`${id}-format`} name="format">
          {Object.entries(FORMATS).map(([format, words]) => (
            <option key={format} value={format}>
              {words}
            </option>
          ))}
        </select>
      </div>
    </>
  );
}

/** `Tasks of Website as CSV`. */
export function told({ kind, format, filter = {} }: ReportRequest): string {
  const project = projectOf(Number(filter.project_id) || null);
  const of = project === undefined || kind === "project_summary" ? "" : ` of ${project.name}`;
  const named = kind === "project_summary" && project !== undefined ? `Summary of ${project.name}` : KINDS[kind];
  return `${named}${of} as ${FORMATS[format ?? "json"]}`;
}
