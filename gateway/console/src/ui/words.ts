import type { Priority, Status } from "../api/types";

export const STATUS_WORDS: Record<Status, string> = {
  todo: "To do",
  in_progress: "In progress",
  completed: "Completed",
  archived: "Archived",
};

export const PRIORITY_WORDS: Record<Priority, string> = {
  urgent: "Urgent",
  high: "High",
  medium: "Medium",
  low: "Low",
};

const DAY = 86_400_000; // milliseconds
const relative = new Intl.RelativeTimeFormat(undefined, { numeric: "auto" });
const short = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short" });
const long = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short", year: "numeric" });
const weekday = new Intl.DateTimeFormat(undefined, { weekday: "long", day: "numeric", month: "long" });
const moment = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });

/** Today where this browser is, as `YYYY-MM-DD`. */
export function today(): string {
  const now = new Date();
  return new Date(now.getTime() - now.getTimezoneOffset() * 60_000).toISOString().slice(0, 10);
}

/** `today`, `in 3 days`, `12 Mar`. */
export function dayWords(day: string): string {
  const days = Math.round((Date.parse(day) - Date.parse(today())) / DAY);
  if (Math.abs(days) <= 6) return relative.format(days, "day");
  const date = new Date(`${day}T12:00`);
  return date.getFullYear() === new Date().getFullYear() ? short.format(date) : long.format(date);
}

/** `12 Mar`, for axes. */
export const dayLabel = (day: string): string => short.format(new Date(`${day}T12:00`));

/** `5 minutes ago`, or the date when it is longer than a day ago. */
export function agoWords(time: string): string {
  const seconds = (Date.parse(time) - Date.now()) / 1000;
  if (seconds > -60) return "just now";
  if (seconds > -3600) return relative.format(Math.round(seconds / 60), "minute");
  if (seconds > -86_400) return relative.format(Math.round(seconds / 3600), "hour");
  return moment.format(new Date(time));
}

export const todayWords = (): string => weekday.format(new Date());

export const momentWords = (time: string): string => moment.format(new Date(time));

const SPANS = [
  ["week", 7 * 24 * 60],
  ["day", 24 * 60],
  ["h", 60],
  ["min", 1],
] as const;

/** Minutes as `1 h 20 min`, `2 days`. */
export function spanWords(minutes: number): string {
  let rest = minutes;
  const words = SPANS.flatMap(([name, length]) => {
    const count = Math.floor(rest / length);
    rest -= count * length;
    const plural = count > 1 && (name === "week" || name === "day") ? "s" : "";
    return count === 0 ? [] : [`${count} ${name}${plural}`];
  });
  return words.join(" ") || "0 min";
}

export function sizeWords(bytes: number): string {
  if (bytes < 1024) return `${bytes} bytes`;
  return bytes < 1024 ** 2 ? `${Math.round(bytes / 1024)} KB` : `${(bytes / 1024 ** 2).toFixed(1)} MB`;
}

export const KIND_WORDS: Record<string, string> = {
  task_assigned: "A task is assigned to me",
  task_unassigned: "I am taken off a task",
  task_updated: "A task of mine changes",
  task_completed: "A task of mine is completed",
  task_deleted: "A task of mine is deleted",
  task_due_soon: "A task is due soon",
  task_overdue: "A task is overdue",
  comment_added: "Somebody comments",
  mentioned: "Somebody mentions me",
  project_added: "I am added to a project",
  digest: "Several of them in one mail",
  system: "Messages of the administrators",
};
