import { type Signal, signal } from "@preact/signals";
import type { Status, Task, TaskMove } from "../../api/types";
import { moveTask, taskSignal } from "../../state/tasks";
import { attempt } from "../../state/toasts";

export interface ColumnOf {
  key: string;
  name: string;
  category: Status;
  color: string | null;
  /** The first of its category shows as well what has no column yet: it was there before the columns were. */
  first: boolean;
  /** What a task gets that is put here: one of the four statuses, or one of the project's own. */
  to: { status: Status } | { status_id: number };
}

/** Between which cards of a column something would land: none of them in an empty one. */
export type Spot = Pick<TaskMove, "before" | "after">;

/** What was moved from here: it stands in its new column before that is read again. */
export const landed = signal<readonly Signal<Task | null>[]>([]);

export function isIn(task: Task, { to, first, category }: ColumnOf): boolean {
  if ("status" in to) return task.status === to.status;
  return task.status_id === null ? first && task.status === category : task.status_id === to.status_id;
}

/** The place of a column that is at this height of the window; the card that is being dragged does not count. */
export function spotAt(column: HTMLElement, y: number, held: number | null): Spot {
  const others = cardsOf(column).filter((card) => idOf(card) !== held);
  const below = others.find((card) => {
    const { top, height } = card.getBoundingClientRect();
    return y < top + height / 2;
  });
  const last = others.at(-1);
  return below ? { before: idOf(below) } : last ? { after: idOf(last) } : {};
}

export function dropped(task: Task, column: ColumnOf, spot: Spot): void {
  void move(task, { ...(isIn(task, column) ? {} : column.to), ...spot });
}

/** Alt and an arrow key: within the column, or to the one beside it. The card keeps the focus. */
export function pressed(task: Task, columns: readonly ColumnOf[], event: KeyboardEvent): void {
  if (!event.altKey) return;
  const card = event.currentTarget as HTMLElement;
  const ways: Record<string, (() => TaskMove | undefined) | undefined> = {
    ArrowUp: () => up(card),
    ArrowDown: () => down(card),
    ArrowLeft: () => beside(task, columns, -1),
    ArrowRight: () => beside(task, columns, 1),
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

function beside(task: Task, columns: readonly ColumnOf[], step: number): TaskMove | undefined {
  const here = columns.findIndex((column) => isIn(task, column));
  return here < 0 ? undefined : columns[here + step]?.to;
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
