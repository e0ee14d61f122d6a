import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { api, ok } from "../../api/client";
import { save, sendFile, shownAt } from "../../api/files";
import { isAdmin, me } from "../../api/session";
import type { Attachment } from "../../api/types";
import { listen } from "../../live/socket";
import { usePages } from "../../state/pages";
import { attempt } from "../../state/toasts";
import { Confirm, Dialog } from "../../ui/dialog";
import { Icon } from "../../ui/icon";
import { More } from "../../ui/listing";
import { sizeWords } from "../../ui/words";

const SAFE_IMAGE = /^image\/(?:png|jpeg|gif|webp)$/;

export function Files({ id }: { id: number }) {
  const under = useSignal(0);
  const over = useSignal(false);
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
      void attempt(() => sendFile(`/api/tasks/${id}/attachments`, file)).then(() => {
        under.value -= 1;
        void pages.reload();
      });
    }
  };
  return (
    <section
      aria-label="Attachments"
      class={over.value ? "stack dropping" : "stack"}
      onDragOver={(event) => {
        event.preventDefault();
        over.value = true;
      }}
      onDragLeave={() => void (over.value = false)}
      onDrop={(event) => {
        event.preventDefault();
        over.value = false;
        upload(event.dataTransfer?.files);
      }}
    >
      <h2>
        Attachments <span class="soft">{pages.items.value?.length || ""}</span>
      </h2>
      <ul class="files">
        {pages.items.value?.map((file) => (
          <One key={file.id} file={file} reload={pages.reload} />
        ))}
      </ul>
      <More pages={pages} />
      <label class="button drop">
        <Icon name="attachment" /> {under.value > 0 ? `Sending ${under.value} …` : "Attach a file, or drop it here"}
        <input
          class="unseen"
          type="file"
          multiple
          onChange={(event) => {
            upload(event.currentTarget.files);
            event.currentTarget.value = ""; // so that the same file can be chosen again
          }}
        />
      </label>
    </section>
  );
}

function One({ file, reload }: { file: Attachment; reload: () => Promise<void> }) {
  const asking = useSignal(false);
  const remove = (): void =>
    void attempt(async () => {
      await ok(api.DELETE("/api/attachments/{attachment_id}", { params: { path: { attachment_id: file.id } } }));
      await reload();
    });
  return (
    <li>
      {SAFE_IMAGE.test(file.content_type) ? (
        <Picture file={file} />
      ) : (
        <span class="preview">
          <Icon name="attachment" />
        </span>
      )}
      <span class="grow">
        {file.filename}
        <small class="soft">{sizeWords(file.size)}</small>
      </span>
      <button
        type="button"
        class="quiet square"
        aria-label={`Download ${file.filename}`}
        title="Download"
        onClick={() => void attempt(() => save(`/api/attachments/${file.id}/download`, file.filename))}
      >
        <Icon name="download" />
      </button>
      {(file.created_by === me.value?.id || isAdmin.value) && (
        <button
          type="button"
          class="quiet square"
          aria-label={`Delete ${file.filename}`}
          title="Delete"
          onClick={() => void (asking.value = true)}
        >
          <Icon name="trash" />
        </button>
      )}
      {asking.value && (
        <Confirm title="Delete this file?" yes="Delete it" act={remove} onClose={() => void (asking.value = false)}>
          {file.filename} cannot be brought back.
        </Confirm>
      )}
    </li>
  );
}

/** Small, and as large as the window has room for when it is pressed. */
function Picture({ file }: { file: Attachment }) {
  const large = useSignal(false);
  return (
    <>
      <button
        type="button"
        class="preview"
        aria-label={`Show ${file.filename}`}
        onClick={() => void (large.value = true)}
      >
        <Bytes path={`/api/attachments/${file.id}/preview?size=256`} />
      </button>
      {large.value && (
        <Dialog title={file.filename} wide onClose={() => void (large.value = false)}>
          <Bytes path={`/api/attachments/${file.id}/preview?size=1024`} whole />
        </Dialog>
      )}
    </>
  );
}

function Bytes({ path, whole = false }: { path: string; whole?: boolean }) {
  const picture = useSignal<string | null>(null);
  useEffect(() => {
    void attempt(async () => void (picture.value = await shownAt(path)));
    return () => {
      if (picture.peek() !== null) URL.revokeObjectURL(picture.peek() as string);
    };
  }, [path]);
  if (picture.value === null) return null;
  return <img class={whole ? "whole" : undefined} src={picture.value} alt="" />;
}
