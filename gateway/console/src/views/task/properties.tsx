import { PRIORITIES, type Priority, STATUSES, type Status, type Task, type TaskChanges } from "../../api/types";
import { colourOf, labelsFor } from "../../state/labels";
import { nameOf } from "../../state/people";
import { projects } from "../../state/projects";
import { useStatuses } from "../../state/statuses";
import { changeTask } from "../../state/tasks";
import { attempt } from "../../state/toasts";
import { Avatar } from "../../ui/avatar";
import { Combobox } from "../../ui/combobox";
import { Icon } from "../../ui/icon";
import { Dot, LabelMark } from "../../ui/marks";
import { PersonPicker } from "../../ui/person-picker";
import { momentWords, PRIORITY_WORDS, STATUS_WORDS } from "../../ui/words";
import { OwnFields, OwnStatus } from "./own";
import { Reminders } from "./reminders";
import { Repeats } from "./repeats";
import { Watchers } from "./watchers";

export function Properties({ task }: { task: Task }) {
  const change = (changes: TaskChanges): void => void attempt(() => changeTask(task, changes));
  const statuses = useStatuses(task.project_id) ?? [];
  return (
    <dl class="properties">
      <dt>Status</dt>
      <dd>
        {statuses.length > 0 ? (
          <OwnStatus task={task} of={statuses} change={change} />
        ) : (
          <Choice
            label="Status"
            value={task.status}
            words={STATUS_WORDS}
            order={STATUSES}
            choose={(status: Status) => change({ status })}
          />
        )}
      </dd>
      <dt>Priority</dt>
      <dd>
        <Choice
          label="Priority"
          value={task.priority}
          words={PRIORITY_WORDS}
          order={PRIORITIES}
          choose={(priority: Priority) => change({ priority })}
        />
      </dd>
      <dt>Due</dt>
      <dd>
        <input
          type="date"
          aria-label="Due"
          value={task.due_date ?? ""}
          onChange={(event) => change({ due_date: event.currentTarget.value || null })}
        />
      </dd>
      <dt>Assigned to</dt>
      <dd>
        <People ids={task.assignee_ids} change={(assignee_ids) => change({ assignee_ids })} />
      </dd>
      <dt>Labels</dt>
      <dd>
        <LabelEditor task={task} change={(labels) => change({ labels })} />
      </dd>
      <dt>Project</dt>
      <dd>
        <select
          aria-label="Project"
          value={task.project_id ?? ""}
          onChange={(event) => change({ project_id: Number(event.currentTarget.value) || null })}
        >
          <option value="">none</option>
          {projects.value.map((project) => (
            <option key={project.id} value={project.id}>
              {project.key} {project.name}
            </option>
          ))}
        </select>
      </dd>
      <dt>Repeats</dt>
      <dd>
        <Repeats task={task} change={change} />
      </dd>
      <dt>Estimate</dt>
      <dd>
        <input
          key={task.estimate_minutes}
          type="number"
          class="minutes"
          aria-label="Estimate in minutes"
          placeholder="none"
          min={0}
          max={10_000_000}
          defaultValue={task.estimate_minutes ?? ""}
          onChange={({ currentTarget: { value } }) => change({ estimate_minutes: value === "" ? null : Number(value) })}
        />
        <span class="soft">min</span>
      </dd>
      <OwnFields task={task} change={change} />
      <dt>Reminders</dt>
      <dd>
        <Reminders task={task} />
      </dd>
      <dt>Watched by</dt>
      <dd>
        <Watchers task={task} />
      </dd>
      <dt>Created</dt>
      <dd>
        {nameOf(task.created_by)}, {momentWords(task.created_at)}
      </dd>
    </dl>
  );
}

interface ChoiceProps<Value extends string> {
  label: string;
  value: Value;
  words: Record<Value, string>;
  order: readonly Value[];
  choose: (value: Value) => void;
}

function Choice<Value extends string>({ label, value, words, order, choose }: ChoiceProps<Value>) {
  return (
    <select aria-label={label} value={value} onChange={(event) => choose(event.currentTarget.value as Value)}>
      {order.map((one) => (
        <option key={one} value={one}>
          {words[one]}
        </option>
      ))}
    </select>
  );
}

function People({ ids, change }: { ids: readonly number[]; change: (ids: number[]) => void }) {
  return (
    <>
      {ids.map((id) => (
        <span class="chip" key={id}>
          <Avatar id={id} /> {nameOf(id)}
          <button
            type="button"
            class="quiet square"
            aria-label={`Take ${nameOf(id)} off`}
            onClick={() => change(ids.filter((one) => one !== id))}
          >
            <Icon name="close" />
          </button>
        </span>
      ))}
      <PersonPicker label="Assign somebody" without={ids} choose={(id) => change([...ids, id])} />
    </>
  );
}

const OFFERED = 8; // labels

function LabelEditor({ task, change }: { task: Task; change: (labels: string[]) => void }) {
  const { labels } = task;
  const find = (text: string): string[] => {
    const words = text.toLowerCase();
    const known = labelsFor(task.project_id).map(({ name }) => name);
    const fitting = known.filter((name) => name.toLowerCase().includes(words) && !labels.includes(name));
    const isNew = text !== "" && ![...known, ...labels].some((name) => name.toLowerCase() === words);
    return [...fitting.slice(0, OFFERED), ...(isNew ? [text] : [])];
  };
  return (
    <>
      {labels.map((label) => (
        <span class="chip" key={label}>
          <Colour label={label} task={task} />
          {label}
          <button
            type="button"
            class="quiet square"
            aria-label={`Remove ${label}`}
            onClick={() => change(labels.filter((one) => one !== label))}
          >
            <Icon name="close" />
          </button>
        </span>
      ))}
      <Combobox
        label="Add a label"
        atOnce
        maxLength={50}
        find={find}
        keyOf={(label) => label}
        show={(label) => <LabelMark label={label} project={task.project_id} />}
        choose={(label) => change([...labels, label])}
      />
    </>
  );
}

function Colour({ label, task }: { label: string; task: Task }) {
  const color = colourOf(task.project_id, label);
  return color === undefined ? null : <Dot color={color} />;
}
