import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { api, ok, onceOnly } from "../../api/client";
import { isAdmin, me } from "../../api/session";
import type { Comment } from "../../api/types";
import { listen } from "../../live/socket";
import { usePages } from "../../state/pages";
import { nameOf } from "../../state/people";
import { attempt, say } from "../../state/toasts";
import { Avatar } from "../../ui/avatar";
import { More } from "../../ui/listing";
import { MentionArea } from "../../ui/mention-area";
import { Menu } from "../../ui/menu";
import { Skeleton } from "../../ui/skeleton";
import { agoWords, momentWords } from "../../ui/words";

const EMOJI = ["👍", "🎉", "❤️", "👀", "😄", "🚀"];

export function Comments({ id }: { id: number }) {
  const pages = usePages(`comments ${id}`, (cursor) => {
    const query = { limit: 50, cursor, render: "html" as const };
    return ok(api.GET("/api/tasks/{task_id}/comments", { params: { path: { task_id: id }, query } }));
  });
  useEffect(
    () =>
      listen({
        task: ({ action, task }) => {
          if (task.id === id && action.startsWith("comment_")) void pages.reload();
        },
        reset: () => void pages.reload(),
      }),
    [id],
  );
  const write = async (body: string): Promise<void> => {
    await ok(
      api.POST("/api/tasks/{task_id}/comments", {
        params: { path: { task_id: id } },
        headers: onceOnly(),
        body: { body },
      }),
    );
    await pages.reload();
  };
  return (
    <section aria-label="Comments" class="stack">
      <h2>Comments</h2>
      {pages.items.value === null && <Skeleton />}
      <ol class="comments">
        {pages.items.value?.map((comment) => (
          <One key={comment.id} comment={comment} reload={pages.reload} />
        ))}
      </ol>
      <More pages={pages} />
      <Write label="Write a comment" submit="Comment" send={write} />
    </section>
  );
}

interface WriteProps {
  label: string;
  submit: string;
  send: (body: string) => Promise<void>;
  body?: string;
}

function Write({ label, submit, send, body = "" }: WriteProps) {
  const text = useSignal(body);
  const done = async (): Promise<void> => {
    if (text.value.trim() !== "" && (await attempt(() => send(text.value)))) text.value = "";
  };
  return (
    <form
      class="write"
      onSubmit={(event) => {
        event.preventDefault();
        void done();
      }}
    >
      <MentionArea label={label} text={text} send={() => void done()} />
      <button type="submit">{submit}</button>
    </form>
  );
}

function One({ comment, reload }: { comment: Comment; reload: () => Promise<void> }) {
  const editing = useSignal(false);
  const params = { path: { comment_id: comment.id } };
  const mine = comment.author_id === me.value?.id;
  const save = async (body: string): Promise<void> => {
    const headers = { "If-Match": `"${comment.version}"` };
    await ok(api.PATCH("/api/comments/{comment_id}", { params, headers, body: { body } }));
    editing.value = false;
    await reload();
  };
  const again = (): void =>
    void attempt(async () => {
      const path = { task_id: comment.task_id };
      const body = { body: comment.body };
      await ok(api.POST("/api/tasks/{task_id}/comments", { params: { path }, headers: onceOnly(), body }));
      await reload();
    });
  const remove = (): void =>
    void attempt(async () => {
      await ok(api.DELETE("/api/comments/{comment_id}", { params }));
      await reload();
      say("The comment is deleted.", mine ? { label: "Undo", run: again } : undefined);
    });
  return (
    <li>
      <Avatar id={comment.author_id} />
      <div class="bubble">
        <header>
          <strong>{nameOf(comment.author_id)}</strong>
          <time class="soft" dateTime={comment.created_at} title={momentWords(comment.created_at)}>
            {agoWords(comment.created_at)}
          </time>
          {comment.version > 1 && <span class="soft">(edited)</span>}
          <span class="facts end">
            {mine && (
              <button type="button" class="quiet small" onClick={() => void (editing.value = !editing.value)}>
                {editing.value ? "Leave it" : "Edit"}
              </button>
            )}
            {(mine || isAdmin.value) && (
              <button type="button" class="quiet small" onClick={remove}>
                Delete
              </button>
            )}
          </span>
        </header>
        {editing.value ? (
          <Write label="Edit the comment" submit="Save" send={save} body={comment.body} />
        ) : (
          // The server makes this HTML of the Markdown, and lets nothing active through.
          <div class="prose" dangerouslySetInnerHTML={{ __html: comment.html ?? "" }} />
        )}
        <div class="facts">
          <Reactions comment={comment} reload={reload} />
        </div>
      </div>
    </li>
  );
}

function Reactions({ comment, reload }: { comment: Comment; reload: () => Promise<void> }) {
  const turn = (emoji: string, given: boolean): void =>
    void attempt(async () => {
      const params = { path: { comment_id: comment.id, emoji } };
      await ok(
        given
          ? api.DELETE("/api/comments/{comment_id}/reactions/{emoji}", { params })
          : api.PUT("/api/comments/{comment_id}/reactions/{emoji}", { params }),
      );
      await reload();
    });
  const given = (emoji: string): boolean => me.value !== null && (comment.reactions[emoji] ?? []).includes(me.value.id);
  return (
    <>
      {Object.entries(comment.reactions).map(([emoji, who]) => (
        <button
          key={emoji}
          type="button"
          class="reaction"
          aria-pressed={given(emoji)}
          aria-label={`${emoji} ${who.length}`}
          title={who.map(nameOf).join(", ")}
          onClick={() => turn(emoji, given(emoji))}
        >
          {emoji} {who.length}
        </button>
      ))}
      <Menu label="React" icon="smile" terse>
        {EMOJI.map((emoji) => (
          <button
            key={emoji}
            type="button"
            class="quiet square"
            aria-label={`React with ${emoji}`}
            onClick={() => turn(emoji, given(emoji))}
          >
            {emoji}
          </button>
        ))}
      </Menu>
    </>
  );
}
