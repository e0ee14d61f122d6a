import { computed, signal } from "@preact/signals";
import { problemOf, unreachable } from "./problem";
import type { User } from "./types";

/** Who is signed in here. Kept in this browser's storage, so that all of its tabs are one session. */
interface Session {
  access: string;
  refresh: string;
  /** When the access token ends, in milliseconds since 1970. */
  expires: number;
  user: User;
}

interface Pair {
  access_token: string;
  refresh_token: string;
  expires_in: number;
}

const KEY = "taskwire.session";
const EARLY = 30_000; // milliseconds; a token that ends so soon is renewed first

export const session = signal<Session | null>(read());
export const me = computed(() => session.value?.user ?? null);
export const isAdmin = computed(() => me.value?.role === "admin");

window.addEventListener("storage", (event) => {
  if (event.key === KEY) session.value = read();
});

function read(): Session | null {
  const stored = localStorage.getItem(KEY);
  return stored === null ? null : (JSON.parse(stored) as Session);
}

function keep(next: Session | null): void {
  session.value = next;
  if (next === null) localStorage.removeItem(KEY);
  else localStorage.setItem(KEY, JSON.stringify(next));
}

export function signedIn(answer: Pair & { user: User }): void {
  keep({ ...times(answer), user: answer.user });
}

export function profileChanged(user: User): void {
  if (session.value !== null) keep({ ...session.value, user });
}

/** Forgets the session here. The server's side ends by `signOut`. */
export function forget(): void {
  keep(null);
}

export async function signOut(): Promise<void> {
  const token = session.value?.access;
  keep(null);
  if (token !== undefined) {
    await fetch("/api/auth/logout", { method: "POST", headers: { Authorization: `Bearer ${token}` } }).catch(
      () => undefined,
    );
  }
}

const times = (pair: Pair): Omit<Session, "user"> => ({
  access: pair.access_token,
  refresh: pair.refresh_token,
  expires: Date.now() + pair.expires_in * 1000,
});

/** A token that is good for a while; null for nobody. `refused` is one that the server did not take. */
export async function accessToken(refused?: string): Promise<string | null> {
  const now = session.value;
  if (now === null) return null;
  if (now.access !== refused && now.expires - EARLY > Date.now()) return now.access;
  // One tab at a time renews, and the others take what it got.
  return navigator.locks.request(KEY, async () => {
    const latest = read();
    if (latest === null) {
      keep(null);
      return null;
    }
    if (latest.access !== refused && latest.expires - EARLY > Date.now()) {
      session.value = latest;
      return latest.access;
    }
    return renew(latest);
  });
}

async function renew(latest: Session): Promise<string | null> {
  const response = await fetch("/api/auth/refresh", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ refresh_token: latest.refresh }),
  }).catch(() => {
    throw unreachable();
  });
  if (response.status === 401) {
    keep(null);
    return null;
  }
  if (!response.ok) throw await problemOf(response);
  const next = { ...times((await response.json()) as Pair), user: latest.user };
  keep(next);
  return next.access;
}
