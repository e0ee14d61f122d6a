import { useSignal } from "@preact/signals";
import { api, ok, onceOnly } from "../../api/client";
import type { Webhook, WebhookEvent } from "../../api/types";
import { usePages } from "../../state/pages";
import { attempt, say } from "../../state/toasts";
import { useProgress } from "../../state/use-progress";
import { Confirm } from "../../ui/dialog";
import { Field } from "../../ui/field";
import { Form } from "../../ui/form";
import { Listing } from "../../ui/listing";
import { Card } from "../../ui/pane";
import { Secret } from "../../ui/secret";
import { agoWords, momentWords } from "../../ui/words";

const EVENTS = [
  "task.created",
  "task.updated",
  "task.assigned",
  "task.completed",
  "task.deleted",
  "comment.added",
  "attachment.added",
  "project.member_added",
] as const;

const LOOKS = { delivered: "good", failed: "bad", pending: "running" } as const;

export function Webhooks() {
  const secret = useSignal<string | null>(null);
  const pages = usePages("webhooks", (cursor) => ok(api.GET("/api/webhooks", { params: { query: { cursor } } })));

  const create = async ({
    url = "",
    description = "",
    format = "",
    ...ticked
  }: Record<string, string>): Promise<void> => {
    const events = Object.keys(ticked) as WebhookEvent[];
    const body = {
      url,
      description,
      format: format as Webhook["format"],
      events: events.length ? events : ["*" as const],
    };
    secret.value = (await ok(api.POST("/api/webhooks", { body }))).secret;
    await pages.reload();
  };

  return (
    <>
      <Card title="New webhook">
        <Form onSubmit={create} submit="Make a webhook">
          {(errors) => (
            <>
              <Field
                label="Address"
                name="url"
                type="url"
                required
                hint="Gets a signed POST for each event."
                error={errors.url}
              />
              <div class="row">
                <Field label="Description" name="description" error={errors.description} />
                <div class="field">
                  <label for="format">Format</label>
                  <select id="format" name="format">
                    <option value="taskwire">Taskwire (Standard Webhooks)</option>
                    <option value="slack">Slack</option>
                    <option value="discord">Discord</option>
                    <option value="matrix">Matrix</option>
                  </select>
                </div>
              </div>
              <fieldset>
                <legend>Events (all when none is ticked)</legend>
                {EVENTS.map((event) => (
                  <label class="check" key={event}>
                    <input type="checkbox" name={event} /> {event}
                  </label>
                ))}
              </fieldset>
            </>
          )}
        </Form>
        {secret.value !== null && <Secret label="The secret that signs, shown this once" value={secret.value} />}
      </Card>
      <Listing pages={pages} empty="">
        {(webhook) => (
          <li key={webhook.id}>
            <One webhook={webhook} reload={pages.reload} showSecret={(value) => void (secret.value = value)} />
          </li>
        )}
      </Listing>
    </>
  );
}

interface OneProps {
  webhook: Webhook;
  reload: () => Promise<void>;
  showSecret: (secret: string) => void;
}

function One({ webhook, reload, showSecret }: OneProps) {
  const open = useSignal(false);
  const asking = useSignal(false);
  const params = { path: { webhook_id: webhook.id } };
  const run = (work: () => Promise<unknown>): void =>
    void attempt(async () => {
      await work();
      await reload();
    });
  const test = async (): Promise<void> => {
    await ok(api.POST("/api/webhooks/{webhook_id}/test", { params, headers: onceOnly() }));
    say("A test is on its way: see the deliveries.");
    open.value = true;
  };
  const rotate = async (): Promise<void> =>
    showSecret((await ok(api.POST("/api/webhooks/{webhook_id}/rotate-secret", { params }))).secret);
  const turn = (): Promise<unknown> =>
    ok(api.PATCH("/api/webhooks/{webhook_id}", { params, body: { is_active: !webhook.is_active } }));

  return (
    <Card title={webhook.description || webhook.url}>
      <p class="soft">
        {webhook.url}: {webhook.events.join(", ")}
        {!webhook.is_active && (
          <strong class="wrong"> turned off{webhook.disabled_reason && ` (${webhook.disabled_reason})`}</strong>
        )}
      </p>
      <div class="actions">
        <button type="button" onClick={() => run(test)}>
          Test
        </button>
        <button type="button" onClick={() => void (open.value = !open.value)} aria-expanded={open.value}>
          Deliveries
        </button>
        <button type="button" onClick={() => run(rotate)}>
          New secret
        </button>
        <button type="button" onClick={() => run(turn)}>
          {webhook.is_active ? "Turn off" : "Turn on"}
        </button>
        <button type="button" class="quiet danger" onClick={() => void (asking.value = true)}>
          Delete
        </button>
      </div>
      {asking.value && (
        <Confirm
          title="Delete this webhook?"
          yes="Delete it"
          act={() => run(() => ok(api.DELETE("/api/webhooks/{webhook_id}", { params })))}
          onClose={() => void (asking.value = false)}
        >
          {webhook.url} hears of nothing any more, and its log of deliveries goes too.
        </Confirm>
      )}
      {open.value && <Deliveries id={webhook.id} />}
    </Card>
  );
}

function Deliveries({ id }: { id: number }) {
  const pages = usePages(`deliveries ${id}`, (cursor) =>
    ok(
      api.GET("/api/webhooks/{webhook_id}/deliveries", {
        params: { path: { webhook_id: id }, query: { limit: 20, cursor } },
      }),
    ),
  );
  // What was just sent is known in a moment; what is tried again later is not waited for.
  useProgress(
    (pages.items.value ?? []).some(({ status, attempts }) => status === "pending" && attempts === 0),
    pages.reload,
  );
  const redeliver = (delivery: number): Promise<boolean> =>
    attempt(async () => {
      const params = { path: { webhook_id: id, delivery_id: delivery } };
      await ok(
        api.POST("/api/webhooks/{webhook_id}/deliveries/{delivery_id}/redeliver", { params, headers: onceOnly() }),
      );
      await pages.reload();
    });
  return (
    <Listing pages={pages} empty="Nothing was sent yet.">
      {(row) => (
        <li key={row.id}>
          <span class="grow">
            <strong>{row.event_type}</strong> <span class={`mark ${LOOKS[row.status]}`}>{row.status}</span>
            <small class="soft" title={momentWords(row.created_at)}>
              {agoWords(row.created_at)}, {row.attempts} attempts
              {row.response_status !== null && `, answered ${row.response_status} in ${row.duration_ms} ms`}
              {row.error !== null && `, ${row.error}`}
            </small>
          </span>
          <button type="button" onClick={() => void redeliver(row.id)}>
            Send again
          </button>
        </li>
      )}
    </Listing>
  );
}
