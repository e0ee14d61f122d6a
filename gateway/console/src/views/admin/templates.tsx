import { useSignal } from "@preact/signals";
import { api, ok } from "../../api/client";
import type { Template, TemplatePreview } from "../../api/types";
import { usePages } from "../../state/pages";
import { attempt, say } from "../../state/toasts";
import { Field } from "../../ui/field";
import { Form } from "../../ui/form";
import { Listing } from "../../ui/listing";
import { Card } from "../../ui/pane";
import { KIND_WORDS } from "../../ui/words";

/** The words of the mails, in Jinja2, with a preview. */
export function Templates() {
  const chosen = useSignal<Template | null>(null);
  const pages = usePages("templates", (cursor) =>
    ok(api.GET("/api/notification-templates", { params: { query: { cursor } } })),
  );
  return (
    <>
      <Card title="Mails">
        <Listing pages={pages} empty="">
          {(template) => (
            <li key={template.kind}>
              <span class="grow">
                {KIND_WORDS[template.kind] ?? template.kind}
                {!template.is_default && <span class="mark">changed</span>}
              </span>
              <button type="button" onClick={() => void (chosen.value = template)}>
                Edit
              </button>
            </li>
          )}
        </Listing>
      </Card>
      {chosen.value !== null && (
        <Edit
          key={chosen.value.kind}
          template={chosen.value}
          done={() => {
            chosen.value = null;
            void pages.reload();
          }}
        />
      )}
    </>
  );
}

function Edit({ template, done }: { template: Template; done: () => void }) {
  const preview = useSignal<TemplatePreview | null>(null);
  const params = { path: { kind: template.kind } };
  const parts = ({ subject = "", text = "", html = "" }: Record<string, string>) => ({ subject, text, html });

  const save = async (values: Record<string, string>): Promise<void> => {
    await ok(api.PUT("/api/notification-templates/{kind}", { params, body: parts(values) }));
    say("Saved.");
    done();
  };
  const look = (form: HTMLFormElement | null): void =>
    void attempt(async () => {
      if (form === null) return;
      const body = parts(Object.fromEntries(new FormData(form)) as Record<string, string>);
      preview.value = await ok(api.POST("/api/notification-templates/{kind}/preview", { params, body }));
    });
  const reset = (): void =>
    void attempt(async () => {
      await ok(api.DELETE("/api/notification-templates/{kind}", { params }));
      done();
    });

  return (
    <Card title={KIND_WORDS[template.kind] ?? template.kind}>
      <Form
        onSubmit={save}
        submit="Save"
        after={
          <>
            <button type="button" onClick={(event) => look(event.currentTarget.form)}>
              Preview
            </button>
            {!template.is_default && (
              <button type="button" onClick={reset}>
                Back to the original
              </button>
            )}
          </>
        }
      >
        {(errors) => (
          <>
            <Field label="Subject" name="subject" value={template.subject} required error={errors.subject} />
            <Source label="Text" name="text" value={template.text} error={errors.text} />
            <Source label="HTML" name="html" value={template.html} error={errors.html} />
          </>
        )}
      </Form>
      {preview.value !== null && (
        <>
          <h3>{preview.value.subject}</h3>
          <pre class="preview">{preview.value.text}</pre>
        </>
      )}
    </Card>
  );
}

function Source({
  label,
  name,
  value,
  error,
}: {
  label: string;
  name: string;
  value: string;
  error: string | undefined;
}) {
  return (
    <div class="field">
      <label for={`template-${name}`}>{label}</label>
      <textarea id={`template-${name}`} name={name} rows={10} class="source" defaultValue={value} spellcheck={false} />
      {error !== undefined && <small class="wrong">{error}</small>}
    </div>
  );
}
