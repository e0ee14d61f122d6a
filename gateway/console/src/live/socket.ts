import { effect, signal } from "@preact/signals";
import { accessToken, session } from "../api/session";
import type { Notification, Task } from "../api/types";

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

interface NotificationFrame {
  type: "notification";
  notification: Notification;
}

type Frame = TaskFrame | NotificationFrame | { type: "ready"; cursor: string } | { type: "reset" } | { type: string };

interface Listener {
  task?: (frame: TaskFrame) => void;
  notification?: (notification: Notification) => void;
  /** Something may have been missed: what is shown has to be fetched anew. */
  reset?: () => void;
}

export type Connection = "connecting" | "live" | "away";

export const connection = signal<Connection>("connecting");

const listeners = new Set<Listener>();
const FIRST_PAUSE = 500; // milliseconds
const LONGEST_PAUSE = 15_000;
const ENDED = 4401; // the session is over

let socket: WebSocket | null = null;
let cursor: string | null = null;
let pause = FIRST_PAUSE;
let timer = 0;

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
  window.addEventListener("offline", () => {
    // The socket itself would notice after minutes.
    if (session.value === null) return;
    disconnect();
    connection.value = "away";
    later();
  });
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") soon();
  });
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
  if (frame.type === "ready") {
    const first = cursor === null;
    cursor ??= (frame as { cursor: string }).cursor;
    pause = FIRST_PAUSE;
    connection.value = "live";
    // What was read before this moment may be older than it.
    if (first) for (const listener of listeners) listener.reset?.();
  } else if (frame.type === "reset") {
    cursor = null; // the `ready` that follows has a fresh one
  } else if (frame.type === "task_update") {
    cursor = (frame as TaskFrame).cursor;
    for (const listener of listeners) listener.task?.(frame as TaskFrame);
  } else if (frame.type === "notification") {
    for (const listener of listeners) listener.notification?.((frame as NotificationFrame).notification);
  }
}
