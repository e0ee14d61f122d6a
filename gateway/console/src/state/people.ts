import { effect, signal } from "@preact/signals";
import { api, ok } from "../api/client";
import { me } from "../api/session";
import type { DirectoryEntry } from "../api/types";

/** The people that were needed so far, by id. */
export const people = signal<ReadonlyMap<number, DirectoryEntry>>(new Map());

const KNOWN_AHEAD = 1000; // people; whoever comes later in the directory is known when searched for

/** Knows the names of the people here from the moment somebody signs in. */
export function keepPeople(): void {
  effect(() => {
    if (me.value !== null) void load().catch(() => undefined);
  });
}

async function load(): Promise<void> {
  let cursor: string | undefined;
  do {
    const page = await ok(api.GET("/api/users", { params: { query: { limit: 100, cursor } } }));
    rememberPeople(page.items);
    cursor = page.next_cursor ?? undefined;
  } while (cursor !== undefined && people.peek().size < KNOWN_AHEAD);
}

export function rememberPeople(found: readonly DirectoryEntry[]): void {
  if (found.every((person) => people.peek().has(person.id))) return;
  people.value = new Map([...people.peek(), ...found.map((person) => [person.id, person] as const)]);
}

/** People whose name or username begins with these letters; for assigning and mentioning. */
export async function searchPeople(q: string): Promise<DirectoryEntry[]> {
  const page = await ok(api.GET("/api/users", { params: { query: { limit: 20, ...(q === "" ? {} : { q }) } } }));
  rememberPeople(page.items);
  return page.items;
}

export function nameOf(id: number | null): string {
  if (id === null) return "Taskwire";
  const self = me.value;
  if (self?.id === id) return "You";
  const person = people.value.get(id);
  return person === undefined ? `User ${id}` : person.full_name || person.username;
}
