import { signal } from "@preact/signals";
import { ProblemError } from "../api/problem";

export interface Toast {
  id: number;
  text: string;
  tone: "good" | "bad";
  action?: { label: string; run: () => void };
}

const SHOWN_FOR = 6000; // milliseconds
let last = 0;

export const toasts = signal<readonly Toast[]>([]);

export function dismiss(id: number): void {
  toasts.value = toasts.value.filter((toast) => toast.id !== id);
}

export function say(text: string, action?: Toast["action"], tone: Toast["tone"] = "good"): void {
  const id = ++last;
  toasts.value = [...toasts.value.slice(-3), { id, text, tone, action }];
  setTimeout(() => dismiss(id), SHOWN_FOR);
}

/** Runs what a person asked for, and says so when it fails. */
export async function attempt(work: () => Promise<unknown>): Promise<boolean> {
  try {
    await work();
    return true;
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    say(error.message, undefined, "bad");
    return false;
  }
}
