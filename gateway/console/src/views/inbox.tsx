import { useEffect } from "preact/hooks";
import { useLocation } from "preact-iso";
import { api, ok, onceOnly } from "../api/client";
import type { Notification } from "../api/types";
import { listen } from "../live/socket";
import { countUnread, unread } from "../state/inbox";
import { type Pages, usePages } from "../state/pages";
import { attempt } from "../state/toasts";
import { Actor } from "../ui/avatar";
import { Empty } from "../ui/empty";
import { Icon } from "../ui/icon";
import { More } from "../ui/listing";
import { Skeleton } from "../ui/skeleton";
import { agoWords, momentWords } from "../ui/words";

export function Inbox() {
  const { query } = useLocation();
  const only = query.unread === "1";
  const pages = usePages(`inbox ${only}`, async (cursor) => {
    const asked = { limit: 50, cursor, ...(only && { is_read: false }) };
    const page = await ok(api.GET("/api/notifications", { params: { query: asked } }));
    return { items: page.items, next_cursor: page.next_cursor ?? null };
  });
  const { items } = pages;
  useEffect(
    () =>
      listen({
        notification: (row) => void (items.value = [row, ...(items.peek() ?? [])]),
        reset: () => void pages.reload(),
        resumed: () => void pages.reload(),
      }),
    [],
  );
  const readAll = (): Promise<boolean> =>
    attempt(async () => {
      await ok(api.POST("/api/notifications/read-all", { headers: onceOnly() }));
      items.value = (items.peek() ?? []).map((row) => ({ ...row, is_read: true }));
      unread.value = 0;
    });
  return (
    <>
      <header class="view">
        <h1>Inbox {unread.value > 0 && <small>{unread.value.toLocaleString()} unread</small>}</h1>
        <span class="facts">
          <nav class="tabs" aria-label="Which">
            <a href="/inbox" aria-current={only ? undefined : "page"}>
              All
            </a>
            <a href="/inbox?unread=1" aria-current={only ? "page" : undefined}>
              Unread
            </a>
          </nav>
          {unread.value > 0 && (
            <button type="button" onClick={() => void readAll()}>
              <Icon name="check" /> Mark all as read
            </button>
          )}
        </span>
      </header>
      {pages.error.value !== null && <p class="notice bad">{pages.error.value.message}</p>}
      {items.value === null && pages.error.value === null && <Skeleton rows={10} />}
      {items.value?.length === 0 && (
        <Empty icon="bell" title="Nothing to read">
          <p>
            What others do with your tasks is told here. What is told, and what comes by mail, is up to{" "}
            <a href="/settings/notifications">your preferences</a>.
          </p>
        </Empty>
      )}
      <ul class="inbox">
        {items.value?.map((row) => (
          <Row key={row.id} row={row} pages={pages} />
        ))}
      </ul>
      <More pages={pages} />
    </>
  );
}

function hrefOf({ task_id, project_id }: Notification): string {
  if (task_id !== null) return `/tasks/${task_id}`;
  return project_id === null ? "/inbox" : `/projects/${project_id}`;
}

function Row({ row, pages: { items } }: { row: Notification; pages: Pages<Notification> }) {
  const params = { path: { notification_id: row.id } };
  const mark = (is_read: boolean): void => {
    if (row.is_read === is_read) return;
    items.value = (items.peek() ?? []).map((other) => (other.id === row.id ? { ...row, is_read } : other));
    void attempt(async () => {
      await ok(api.PATCH("/api/notifications/{notification_id}", { params, body: { is_read } }));
      await countUnread();
    });
  };
  const remove = (): void =>
    void attempt(async () => {
      await ok(api.DELETE("/api/notifications/{notification_id}", { params }));
      items.value = (items.peek() ?? []).filter((other) => other.id !== row.id);
      await countUnread();
    });
  return (
    <li class={row.is_read ? undefined : "unread"}>
      <i class="dot" aria-hidden="true" />
      <Actor id={row.actor_id} />
      <a href={hrefOf(row)} onClick={() => mark(true)}>
        {!row.is_read && <span class="unseen">Unread: </span>}
        {row.message}
      </a>
      <time class="soft" dateTime={row.created_at} title={momentWords(row.created_at)}>
        {agoWords(row.created_at)}
      </time>
      <span class="facts">
        <button
          type="button"
          class="quiet square"
          aria-label={row.is_read ? "Mark as unread" : "Mark as read"}
          title={row.is_read ? "Mark as unread" : "Mark as read"}
          onClick={() => mark(!row.is_read)}
        >
          <Icon name="check" />
        </button>
        <button type="button" class="quiet square" aria-label="Remove" title="Remove" onClick={remove}>
          <Icon name="close" />
        </button>
      </span>
    </li>
  );
}
