import type { Priority, Status, Task } from "../api/types";
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
  return (
    <time class={late ? "due late" : "due"} dateTime={task.due_date} title={task.due_date}>
      {late && <span class="unseen">overdue, </span>}
      {dayWords(task.due_date)}
    </time>
  );
}

export function Labels({ labels }: { labels: readonly string[] }) {
  return labels.map((label) => (
    <span class="label" key={label}>
      {label}
    </span>
  ));
}
