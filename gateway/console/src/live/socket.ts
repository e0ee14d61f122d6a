import { effect, signal } from "@preact/signals";
import { accessToken, session } from "../api/session";
import type { Notification, Project, Task } from "../api/types";

/** What the server sends of a task and of what hangs on it. */
export interface TaskFrame {
  type: "task_update";
  action: string;
  task: Task;
  changes: Record<string, { from: unknown; to: unknown }>;
  event_id: string;
  cursor: string;
  actor_id: number | null;
  occurred_at: string;
}

/** What the server sends of a project, and of who comes and goes there. */
export interface ProjectFrame {
  type: "project_update";
  action: string;
  project: Pick<Project, "id" | "key" | "name">;
  cursor: string;
}

interface NotificationFrame {
  type: "notification";
  notification: Notification;
}

interface PresenceFrame {
  type: "presence";
  task_id: number;
  user_ids: number[];
}

interface Ready {
  type: "ready";
  cursor: string;
}

type Frame = TaskFrame | ProjectFrame | NotificationFrame | PresenceFrame | Ready | { type: "reset" | "pong" };

interface Listener {
  task?: (frame: TaskFrame) => void;
  project?: (frame: ProjectFrame) => void;
  notification?: (notification: Notification) => void;
  /** Who looks at the task that `look` named. */
  presence?: (task: number, users: readonly number[]) => void;
  /** Something may have been missed: what is shown has to be fetched anew. */
  reset?: () => void;
  /** Back after a time away. Events come by themselves; notifications do not. */
  resumed?: () => void;
}

export type Connection = "connecting" | "live" | "away";

export const connection = signal<Connection>("connecting");

const listeners = new Set<Listener>();
const FIRST_PAUSE = 500; // milliseconds
const LONGEST_PAUSE = 15_000;
const ENDED = 4401; // the session is over
const QUIET = 25_000; // milliseconds without a frame after which the server is asked for a sign of life
const PATIENCE = 8_000; // milliseconds that it has for it

let socket: WebSocket | null = null;
let cursor: string | null = null;
let pause = FIRST_PAUSE;
let timer = 0;
let quiet = 0;
let looking: number | null = null;

/** Calls back for each live event until the returned function is called. */
export function listen(listener: Listener): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Keeps a connection open for as long as somebody is signed in. */
export function keepConnected(): void {
  let user: number | null = null;
  effect(() => {
    const id = session.value?.user.id ?? null;
    if (id === user) return;
    user = id;
    cursor = null;
    disconnect();
    if (id !== null) void connect();
  });
  window.addEventListener("online", soon);
  setInterval(() => quiet + QUIET < Date.now() && askForLife(), QUIET);
  window.addEventListener("offline", () => {
    // The socket itself would notice after minutes.
    if (session.value === null) return;
    disconnect();
    connection.value = "away";
    later();
  });
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState !== "visible") return;
    soon();
    askForLife();
  });
}

/** Says which task is being looked at here; those who look at it too are told. */
export function look(task: number | null): void {
  looking = task;
  send({ type: "presence", task_id: task });
}

function send(frame: object): void {
  if (socket?.readyState === WebSocket.OPEN && connection.peek() === "live") socket.send(JSON.stringify(frame));
}

/** A connection that went away without a word (a computer that slept, a cable) is noticed by what does not come. */
function askForLife(): void {
  const asked = socket;
  if (asked === null || connection.peek() !== "live") return;
  const since = Date.now();
  send({ type: "ping" });
  setTimeout(() => {
    if (socket !== asked || quiet >= since) return;
    disconnect();
    void connect();
  }, PATIENCE);
}

function disconnect(): void {
  clearTimeout(timer);
  const open = socket;
  socket = null;
  open?.close();
}

function soon(): void {
  if (session.value !== null && socket === null) {
    clearTimeout(timer);
    void connect();
  }
}

function later(): void {
  clearTimeout(timer);
  timer = window.setTimeout(() => void connect(), pause * (0.5 + Math.random() / 2));
  pause = Math.min(pause * 2, LONGEST_PAUSE);
}

async function connect(refused?: string): Promise<void> {
  connection.value = cursor === null ? "connecting" : "away";
  const token = await accessToken(refused).catch(() => undefined);
  if (token === null || socket !== null) return;
  if (token === undefined) {
    later();
    return;
  }
  const opened = new WebSocket(`${location.origin.replace(/^http/, "ws")}/ws/tasks/`);
  socket = opened;
  opened.onopen = () => opened.send(JSON.stringify({ type: "auth", token, ...(cursor === null ? {} : { cursor }) }));
  opened.onmessage = (message) => take(JSON.parse(message.data as string) as Frame);
  opened.onclose = (closed) => {
    if (socket !== opened) return;
    socket = null;
    connection.value = "away";
    // A token that ended is renewed at once, and only once: a session that ended cannot be.
    if (closed.code === ENDED && refused === undefined) void connect(token);
    else later();
  };
}

function take(frame: Frame): void {
  quiet = Date.now();
  if (frame.type === "ready") ready(frame.cursor);
  else if (frame.type === "reset")
    cursor = null; // the `ready` that follows has a fresh one
  else if (frame.type === "task_update") {
    cursor = frame.cursor;
    for (const listener of listeners) listener.task?.(frame);
  } else if (frame.type === "project_update") {
    cursor = frame.cursor;
    for (const listener of listeners) listener.project?.(frame);
  } else if (frame.type === "notification") {
    for (const listener of listeners) listener.notification?.(frame.notification);
  } else if (frame.type === "presence") {
    for (const listener of listeners) listener.presence?.(frame.task_id, frame.user_ids);
  }
}

function ready(at: string): void {
  const first = cursor === null;
  cursor ??= at;
  pause = FIRST_PAUSE;
  connection.value = "live";
  if (looking !== null) look(looking);
  // What was read before a first moment may be older than it.
  for (const listener of listeners) (first ? listener.reset : listener.resumed)?.();
}
