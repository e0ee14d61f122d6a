import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { api, ok } from "../../api/client";
import { problemOf } from "../../api/problem";
import { accessToken, isAdmin, me } from "../../api/session";
import type { Attachment } from "../../api/types";
import { listen } from "../../live/socket";
import { usePages } from "../../state/pages";
import { attempt } from "../../state/toasts";
import { Icon } from "../../ui/icon";

const SAFE_IMAGE = /^image\/(?:png|jpeg|gif|webp)$/;

export function Files({ id }: { id: number }) {
  const under = useSignal(0);
  const pages = usePages(`files ${id}`, (cursor) =>
    ok(
      api.GET("/api/tasks/{task_id}/attachments", { params: { path: { task_id: id }, query: { limit: 50, cursor } } }),
    ),
  );
  useEffect(
    () =>
      listen({
        task: ({ action, task }) => {
          if (task.id === id && action.startsWith("attachment_")) void pages.reload();
        },
        reset: () => void pages.reload(),
      }),
    [id],
  );
  const upload = (files: FileList | null | undefined): void => {
    for (const file of files ?? []) {
      under.value += 1;
      void attempt(() => send(id, file)).then(() => {
        under.value -= 1;
        void pages.reload();
      });
    }
  };
  return (
    <section
      aria-label="Attachments"
      class="stack"
      onDragOver={(event) => event.preventDefault()}
      onDrop={(event) => {
        event.preventDefault();
        upload(event.dataTransfer?.files);
      }}
    >
      <h2>Attachments</h2>
      <ul class="files">
        {pages.items.value?.map((file) => (
          <One key={file.id} file={file} reload={pages.reload} />
        ))}
      </ul>
      <label class="button">
        <Icon name="attachment" /> {under.value > 0 ? `Sending ${under.value} ...` : "Attach a file, or drop it here"}
        <input class="unseen" type="file" multiple onChange={(event) => upload(event.currentTarget.files)} />
      </label>
    </section>
  );
}

async function send(id: number, file: File): Promise<void> {
  const body = new FormData();
  body.append("file", file);
  const headers = { Authorization: `Bearer ${await accessToken()}` };
  const response = await fetch(`/api/tasks/${id}/attachments`, { method: "POST", headers, body });
  if (!response.ok) throw await problemOf(response);
}

/** The file's bytes as an address for this page; the token travels in a header, never in an address. */
async function fetched(path: string): Promise<string> {
  const response = await fetch(path, { headers: { Authorization: `Bearer ${await accessToken()}` } });
  if (!response.ok) throw await problemOf(response);
  return URL.createObjectURL(await response.blob());
}

function One({ file, reload }: { file: Attachment; reload: () => Promise<void> }) {
  const picture = useSignal<string | null>(null);
  useEffect(() => {
    if (!SAFE_IMAGE.test(file.content_type)) return;
    void attempt(async () => void (picture.value = await fetched(`/api/attachments/${file.id}/preview?size=256`)));
    return () => {
      if (picture.peek() !== null) URL.revokeObjectURL(picture.peek() as string);
    };
  }, [file.id]);
  const download = (): void =>
    void attempt(async () => {
      const href = await fetched(`/api/attachments/${file.id}/download`);
      Object.assign(document.createElement("a"), { href, download: file.filename }).click();
      setTimeout(() => URL.revokeObjectURL(href), 10_000);
    });
  const remove = (): void =>
    void attempt(async () => {
      await ok(api.DELETE("/api/attachments/{attachment_id}", { params: { path: { attachment_id: file.id } } }));
      await reload();
    });
  return (
    <li>
      {picture.value === null ? <Icon name="attachment" /> : <img src={picture.value} alt="" height="64" />}
      <span class="grow">
        {file.filename}
        <small class="soft">{sizeWords(file.size)}</small>
      </span>
      <button type="button" onClick={download}>
        Download
      </button>
      {(file.created_by === me.value?.id || isAdmin.value) && (
        <button type="button" class="quiet square" aria-label={`Delete ${file.filename}`} onClick={remove}>
          <Icon name="trash" />
        </button>
      )}
    </li>
  );
}

function sizeWords(bytes: number): string {
  if (bytes < 1024) return `${bytes} bytes`;
  return bytes < 1024 ** 2 ? `${Math.round(bytes / 1024)} KB` : `${(bytes / 1024 ** 2).toFixed(1)} MB`;
}
