import { useEffect } from "preact/hooks";
import { api, ok, onceOnly } from "../api/client";
import type { Notification } from "../api/types";
import { listen } from "../live/socket";
import { countUnread, unread } from "../state/inbox";
import { usePages } from "../state/pages";
import { attempt } from "../state/toasts";
import { Avatar } from "../ui/avatar";
import { Empty } from "../ui/empty";
import { agoWords, momentWords } from "../ui/words";

export function Inbox() {
  const pages = usePages("inbox", async (cursor) => {
    const page = await ok(api.GET("/api/notifications", { params: { query: { limit: 50, cursor } } }));
    return { items: page.items, next_cursor: page.next_cursor ?? null };
  });
  const { items } = pages;
  useEffect(
    () =>
      listen({
        notification: (row) => void (items.value = [row, ...(items.peek() ?? [])]),
        reset: () => void pages.reload(),
      }),
    [],
  );

  const readAll = (): Promise<boolean> =>
    attempt(async () => {
      await ok(api.POST("/api/notifications/read-all", { headers: onceOnly() }));
      items.value = (items.peek() ?? []).map((row) => ({ ...row, is_read: true }));
      unread.value = 0;
    });

  const open = async (row: Notification): Promise<void> => {
    if (row.is_read) return;
    items.value = (items.peek() ?? []).map((other) => (other.id === row.id ? { ...row, is_read: true } : other));
    await attempt(async () => {
      const params = { path: { notification_id: row.id } };
      await ok(api.PATCH("/api/notifications/{notification_id}", { params, body: { is_read: true } }));
      await countUnread();
    });
  };

  return (
    <>
      <header class="view">
        <h1>Inbox</h1>
        {unread.value > 0 && (
          <button type="button" onClick={() => void readAll()}>
            Mark all as read
          </button>
        )}
      </header>
      {pages.error.value !== null && <p class="notice bad">{pages.error.value.message}</p>}
      {items.value?.length === 0 && <Empty title="Nothing to read" />}
      <ul class="inbox">
        {items.value?.map((row) => (
          <li key={row.id} class={row.is_read ? undefined : "unread"}>
            <Avatar id={row.actor_id ?? 0} />
            <a href={row.task_id === null ? "/inbox" : `/tasks/${row.task_id}`} onClick={() => void open(row)}>
              {row.message}
            </a>
            <time class="soft" dateTime={row.created_at} title={momentWords(row.created_at)}>
              {agoWords(row.created_at)}
            </time>
          </li>
        ))}
      </ul>
      {pages.more.value && (
        <button type="button" class="more" onClick={() => void pages.loadMore()}>
          Show more
        </button>
      )}
    </>
  );
}
