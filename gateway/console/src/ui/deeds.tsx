import type { Activity, Status } from "../api/types";
import type { Pages } from "../state/pages";
import { nameOf } from "../state/people";
import { projectOf } from "../state/projects";
import { Actor } from "./avatar";
import { agoWords, momentWords, STATUS_WORDS } from "./words";

const ABOUT_IT = /^(?:comment|attachment)_|^task_(?!updated)/; // said of the task itself, which is named then
const LONG = 60; // characters of a value that are shown

interface Props {
  pages: Pages<Activity>;
  /** Say of which task. */
  named?: boolean;
  /** Offered for changes of a task. */
  revert?: (entry: Activity) => void;
}

/** Who did what, and when. */
export function Deeds({ pages, named = false, revert }: Props) {
  return (
    <>
      <ol class="history" aria-busy={pages.loading.value}>
        {pages.items.value?.map((entry) => (
          <li key={entry.id}>
            <Actor id={entry.actor_id} />
            <span>
              {nameOf(entry.actor_id)} {deed(entry)}{" "}
              {named && entry.task_id !== null && (
                <a href={`/tasks/${entry.task_id}`}>{entry.title ?? `task ${entry.task_id}`}</a>
              )}
              {!named && ABOUT_IT.test(entry.action) && "this task "}
              <time class="soft" dateTime={entry.occurred_at} title={momentWords(entry.occurred_at)}>
                {agoWords(entry.occurred_at)}
              </time>
              {revert !== undefined && entry.action === "task_updated" && (
                <button type="button" class="quiet small" onClick={() => revert(entry)}>
                  Undo this
                </button>
              )}
              <Differences changes={entry.changes} />
            </span>
          </li>
        ))}
      </ol>
      {pages.more.value && (
        <button type="button" class="quiet" onClick={() => void pages.loadMore()}>
          Earlier
        </button>
      )}
    </>
  );
}

const PART_WORDS: Record<string, string> = { statuses: "a column", transitions: "the workflow", fields: "a field" };

function projectDeed({ is_template, archived, ...rest }: Record<string, { to: unknown }>): string {
  if (is_template) return is_template.to ? "made the project a template" : "made the project an ordinary one";
  if (archived) return archived.to ? "archived the project" : "opened the project again";
  const parts = Object.keys(rest).map((name) => PART_WORDS[name] ?? name);
  return parts.length === 0 ? "updated the project" : `changed ${parts.join(", ")} of the project`;
}

// More than a line can say, or what the deed itself says.
const UNTOLD = ["description", "position", "transitions", "is_template", "archived"];

const DEEDS: Record<string, (entry: Activity) => string> = {
  comment_added: () => "commented on",
  comment_updated: () => "changed a comment on",
  comment_deleted: () => "deleted a comment on",
  attachment_added: ({ filename }) => `attached ${filename} to`,
  attachment_deleted: ({ filename }) => `removed ${filename} from`,
  project_member_added: ({ member }) => `added ${nameOf(member?.user_id ?? null)} to the project`,
  project_member_updated: ({ member }) => `made ${nameOf(member?.user_id ?? null)} ${member?.role} of the project`,
  project_updated: ({ changes }) => projectDeed(changes as Record<string, { to: unknown }>),
  project_member_removed: ({ member }) => `removed ${nameOf(member?.user_id ?? null)} from the project`,
};

function deed(entry: Activity): string {
  const known = DEEDS[entry.action];
  if (known !== undefined) return known(entry);
  const [what, ...verb] = entry.action.split("_");
  const fields = Object.keys(entry.changes).map((name) => name.replaceAll("_", " "));
  if (what === "task" && verb[0] === "updated") return `changed ${fields.join(", ")}`;
  return what === "task" ? verb.join(" ") : `${verb.join(" ")} the ${what}`;
}

/** From what to what, as far as it can be said in a line. */
function Differences({ changes }: { changes: Activity["changes"] }) {
  const told = Object.entries(changes).filter(([name]) => !UNTOLD.includes(name));
  return told.map(([name, change]) => {
    const { from, to } = change as { from: unknown; to: unknown };
    return (
      <small class="soft difference" key={name}>
        {name.replaceAll("_", " ")}: <del>{shown(name, from)}</del> → <ins>{shown(name, to)}</ins>
      </small>
    );
  });
}

function shown(name: string, value: unknown): string {
  if (value === null || value === "") return "nothing";
  if (name === "status") return STATUS_WORDS[value as Status] ?? String(value);
  if (name === "project_id") return projectOf(Number(value))?.name ?? String(value);
  if (Array.isArray(value)) return value.length === 0 ? "nothing" : value.map((one) => shown(name, one)).join(", ");
  if (name === "assignee_ids" && typeof value === "number") return nameOf(value);
  if (typeof value === "object" && value !== null && "name" in value) return String(value.name);
  const text = typeof value === "object" ? JSON.stringify(value) : String(value);
  return text.length > LONG ? `${text.slice(0, LONG)}…` : text;
}
