import { useSignal } from "@preact/signals";
import { api, ok, onceOnly } from "../../api/client";
import type { DeadLetter } from "../../api/types";
import { type Pages, usePages } from "../../state/pages";
import { attempt, say } from "../../state/toasts";
import { Confirm } from "../../ui/dialog";
import { Listing } from "../../ui/listing";
import { Card } from "../../ui/pane";
import { agoWords, momentWords } from "../../ui/words";

const AT = { notifications: "/api/dead-letters", tasks: "/api/dead-letters/tasks" } as const;
type Service = keyof typeof AT;

/** Messages that a service could not handle, with the reason; they can be tried again. */
export function DeadLetters() {
  return (
    <>
      <p class="soft">
        A message that could not be handled five times waits here, with the reason. Trying it again never does anything
        twice.
      </p>
      <Letters service="notifications" title="Of the notifications service" />
      <Letters service="tasks" title="Of the tasks service" />
    </>
  );
}

function Letters({ service, title }: { service: Service; title: string }) {
  const pages = usePages(`letters ${service}`, (cursor) =>
    ok(api.GET(AT[service], { params: { query: { limit: 20, cursor } } })),
  );
  const replay = (ids: number[] | undefined): void =>
    void attempt(async () => {
      const { requested } = await ok(api.POST(`${AT[service]}/replay`, { headers: onceOnly(), body: { ids } }));
      say(`${requested} will be tried again within a second.`);
      await pages.reload();
    });
  return (
    <Card title={title}>
      <Listing pages={pages} empty="None: everything was handled.">
        {(letter) => <Row key={letter.id} letter={letter} service={service} pages={pages} replay={replay} />}
      </Listing>
      {(pages.items.value?.length ?? 0) > 0 && (
        <div class="actions">
          <button type="button" onClick={() => replay(undefined)}>
            Try all again
          </button>
          <button type="button" class="quiet" onClick={() => void pages.reload()}>
            Look again
          </button>
        </div>
      )}
    </Card>
  );
}

interface RowProps {
  letter: DeadLetter;
  service: Service;
  pages: Pages<DeadLetter>;
  replay: (ids: number[]) => void;
}

function Row({ letter, service, pages, replay }: RowProps) {
  const asking = useSignal(false);
  const body = useSignal<string | null>(null);
  const params = { path: { letter_id: letter.id } };
  const look = (): void =>
    void attempt(async () => {
      body.value = body.peek() === null ? (await ok(api.GET(`${AT[service]}/{letter_id}`, { params }))).body : null;
    });
  const discard = (): void =>
    void attempt(() => ok(api.DELETE(`${AT[service]}/{letter_id}`, { params }))).then(pages.reload);
  return (
    <li>
      <span class="grow">
        <strong>{letter.routing_key}</strong>
        {letter.replay_at !== null && <span class="mark running">being tried</span>}
        <small class="wrong">{letter.reason}</small>
        <small class="soft" title={momentWords(letter.died_at)}>
          {agoWords(letter.died_at)}, {letter.attempts} attempts
        </small>
      </span>
      <span class="facts">
        <button type="button" class="quiet" aria-expanded={body.value !== null} onClick={look}>
          Message
        </button>
        <button type="button" onClick={() => replay([letter.id])}>
          Try again
        </button>
        <button type="button" class="quiet danger" onClick={() => void (asking.value = true)}>
          Discard
        </button>
      </span>
      {body.value !== null && <pre class="preview">{body.value}</pre>}
      {asking.value && (
        <Confirm
          title="Discard this message?"
          yes="Discard it"
          act={discard}
          onClose={() => void (asking.value = false)}
        >
          What it said is then never done.
        </Confirm>
      )}
    </li>
  );
}
