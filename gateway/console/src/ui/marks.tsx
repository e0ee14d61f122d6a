import type { Priority, Status, Task } from "../api/types";
import { colourOf } from "../state/labels";
import { Avatar } from "./avatar";
import { Icon } from "./icon";
import { dayWords, PRIORITY_WORDS, STATUS_WORDS, today } from "./words";

export function StatusMark({ status }: { status: Status }) {
  return <span class={`mark status-${status}`}>{STATUS_WORDS[status]}</span>;
}

export function PriorityMark({ priority }: { priority: Priority }) {
  return (
    <span class={`priority priority-${priority}`} title={`${PRIORITY_WORDS[priority]} priority`}>
      <Icon name="flag" />
      <span class="unseen">{PRIORITY_WORDS[priority]} priority</span>
    </span>
  );
}

export const isOpen = (task: Task): boolean => task.status === "todo" || task.status === "in_progress";

export function Due({ task }: { task: Task }) {
  if (task.due_date === null) return null;
  const late = isOpen(task) && task.due_date < today();
  const now = isOpen(task) && task.due_date === today();
  return (
    <time class={late ? "due late" : now ? "due now" : "due"} dateTime={task.due_date} title={task.due_date}>
      {late && <span class="unseen">overdue, </span>}
      {task.recurrence !== null && <Icon name="again" />}
      {dayWords(task.due_date)}
    </time>
  );
}

/** A label in the colour that it has in a project. */
export function LabelMark({ label, project }: { label: string; project: number | null }) {
  const color = colourOf(project, label);
  return (
    <span class="label" title={label}>
      {color !== undefined && <Dot color={color} />}
      {label}
    </span>
  );
}

export const Dot = ({ color }: { color: string }) => <i class="dot" style={{ background: color }} aria-hidden="true" />;

export function Labels({ task }: { task: Task }) {
  return task.labels.map((label) => <LabelMark key={label} label={label} project={task.project_id} />);
}

const SHOWN = 3; // faces

export function Assignees({ task }: { task: Task }) {
  return (
    <>
      {task.assignee_ids.slice(0, SHOWN).map((id) => (
        <Avatar key={id} id={id} />
      ))}
      {task.assignee_ids.length > SHOWN && <span class="tally">+{task.assignee_ids.length - SHOWN}</span>}
    </>
  );
}

/** How many of its subtasks are completed. */
export function Subtasks({ task: { subtasks } }: { task: Task }) {
  if (subtasks.total === 0) return null;
  return (
    <span class="tally" title={`${subtasks.completed} of ${subtasks.total} subtasks are completed`}>
      <Icon name="subtasks" />
      {subtasks.completed}/{subtasks.total}
    </span>
  );
}
