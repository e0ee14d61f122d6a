import { type Signal, useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { useLocation } from "preact-iso";
import { type ProjectStatus, STATUSES } from "../../api/types";
import { projects } from "../../state/projects";
import { useStatuses } from "../../state/statuses";
import { Icon } from "../../ui/icon";
import { STATUS_WORDS } from "../../ui/words";
import { Column } from "./column";
import { type ColumnOf, landed } from "./moves";

const USUAL: readonly ColumnOf[] = STATUSES.filter((status) => status !== "archived").map((status) => ({
  key: status,
  name: STATUS_WORDS[status],
  category: status,
  color: null,
  first: true,
  to: { status },
}));

export function Board() {
  const { query, route } = useLocation();
  const project = Number(query.project) || null;
  const mine = query.mine === "1";
  const own = useStatuses(project);
  useEffect(() => void (landed.value = []), [project, mine]);
  const go = (change: Record<string, string>): void => {
    const next = Object.entries({ ...query, ...change }).filter(([, value]) => value !== "");
    route(`/board?${new URLSearchParams(next)}`, true);
  };
  const columns = own === null ? null : own.length === 0 ? USUAL : own.map(asColumn);
  return (
    <>
      <header class="view">
        <h1>Board</h1>
        <span class="facts">
          <label class="check">
            <input type="checkbox" checked={mine} onChange={() => go({ mine: mine ? "" : "1" })} /> Assigned to me
          </label>
          <select
            aria-label="Project"
            value={project ?? ""}
            onChange={(event) => go({ project: event.currentTarget.value })}
          >
            <option value="">Everything</option>
            {projects.value.map((one) => (
              <option key={one.id} value={one.id}>
                {one.key} {one.name}
              </option>
            ))}
          </select>
          {project !== null && (
            <a class="button quiet square" href={`/projects/${project}/settings`} title="Columns of this board">
              <Icon name="gear" />
              <span class="unseen">Columns of this board</span>
            </a>
          )}
        </span>
      </header>
      <p class="unseen" id="board-keys">
        On a card, Alt and an arrow key moves it.
      </p>
      <Columns columns={columns} project={project} mine={mine} />
    </>
  );
}

const asColumn = (
  { id, name, category, color }: ProjectStatus,
  index: number,
  all: readonly ProjectStatus[],
): ColumnOf => ({
  key: String(id),
  name,
  category,
  color,
  first: all.findIndex((one) => one.category === category) === index,
  to: { status_id: id },
});

interface Props {
  columns: readonly ColumnOf[] | null;
  project: number | null;
  mine: boolean;
}

function Columns({ columns, project, mine }: Props) {
  const held: Signal<number | null> = useSignal(null);
  return (
    <section class="board" aria-label="Columns" data-columns={columns?.length ?? 0}>
      {columns?.map((column) => (
        <Column
          key={`${column.key} ${project} ${mine}`}
          column={column}
          columns={columns}
          project={project}
          mine={mine}
          held={held}
        />
      ))}
    </section>
  );
}
