import { type Signal, signal } from "@preact/signals";
import { STATUSES, type Status, type Task, type TaskMove } from "../api/types";
import { moveTask, taskSignal } from "../state/tasks";
import { attempt } from "../state/toasts";

/** What was moved from here: it stands in its new column before that is read again. */
export const landed = signal<readonly Signal<Task | null>[]>([]);

const COLUMNS: readonly Status[] = STATUSES.filter((status) => status !== "archived");

/** A card was let go over a column, at this height of the window. */
export function dropped(task: Task, status: Status, column: HTMLElement, y: number): void {
  const others = cardsOf(column).filter((card) => idOf(card) !== task.id);
  const below = others.find((card) => {
    const { top, height } = card.getBoundingClientRect();
    return y < top + height / 2;
  });
  const last = others.at(-1);
  void move(task, {
    ...(status === task.status ? {} : { status }),
    ...(below ? { before: idOf(below) } : last ? { after: idOf(last) } : {}),
  });
}

/** Alt and an arrow key: within the column, or to the one beside it. The card keeps the focus. */
export function pressed(task: Task, event: KeyboardEvent): void {
  if (!event.altKey) return;
  const card = event.currentTarget as HTMLElement;
  const ways: Record<string, (() => TaskMove | undefined) | undefined> = {
    ArrowUp: () => up(card),
    ArrowDown: () => down(card),
    ArrowLeft: () => beside(task, -1),
    ArrowRight: () => beside(task, 1),
  };
  const to = ways[event.key]?.();
  if (to === undefined) return;
  event.preventDefault();
  void move(task, to).then(() => {
    // The card stands in its new place with the next frame.
    requestAnimationFrame(() => document.querySelector<HTMLElement>(`[data-id="${task.id}"] a`)?.focus());
  });
}

function up(card: HTMLElement): TaskMove | undefined {
  const above = card.previousElementSibling;
  return above === null ? undefined : { before: idOf(above as HTMLElement) };
}

function down(card: HTMLElement): TaskMove | undefined {
  const below = card.nextElementSibling;
  return below === null ? undefined : { after: idOf(below as HTMLElement) };
}

function beside(task: Task, step: number): TaskMove | undefined {
  const status = COLUMNS[COLUMNS.indexOf(task.status) + step];
  return status === undefined ? undefined : { status };
}

async function move(task: Task, to: TaskMove): Promise<void> {
  if (Object.keys(to).length === 0) return;
  await attempt(async () => {
    await moveTask(task, to);
    const entry = taskSignal(task.id);
    if (entry !== undefined && !landed.peek().includes(entry)) landed.value = [...landed.peek(), entry];
  });
}

const cardsOf = (column: HTMLElement): HTMLElement[] => [...column.querySelectorAll<HTMLElement>("[data-id]")];
const idOf = (card: HTMLElement): number => Number(card.dataset.id);
