import { effect, signal } from "@preact/signals";
import { api, ok } from "../api/client";
import { me } from "../api/session";
import { listen } from "../live/socket";

const SETTLING = 300; // milliseconds

export const unread = signal(0);

export async function countUnread(): Promise<void> {
  if (me.peek() === null) return;
  unread.value = (await ok(api.GET("/api/notifications/unread-count"))).count;
}

/** The badge is right from the first moment, and stays so. */
export function keepCounting(): void {
  const quietly = (): void => void countUnread().catch(() => undefined);
  effect(() => {
    if (me.value === null) unread.value = 0;
    else quietly();
  });
  let timer = 0;
  const more = (): void => {
    unread.value += 1; // at once; whether it had been counted before says the server
    clearTimeout(timer);
    timer = window.setTimeout(quietly, SETTLING);
  };
  listen({ notification: more, reset: quietly, resumed: quietly });
}
