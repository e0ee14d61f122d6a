import { useSignal } from "@preact/signals";
import { api, ok } from "../../api/client";
import type { Feed, NewFeed, View } from "../../api/types";
import { usePages } from "../../state/pages";
import { projectOf, projects } from "../../state/projects";
import { attempt } from "../../state/toasts";
import { Confirm } from "../../ui/dialog";
import { Form } from "../../ui/form";
import { Icon } from "../../ui/icon";
import { Listing } from "../../ui/listing";
import { Card } from "../../ui/pane";
import { Secret } from "../../ui/secret";
import { agoWords } from "../../ui/words";

interface Made {
  id: number;
  name: string;
  url: string;
}

/** Addresses under which calendar programs read the due tasks. Whoever knows one reads its feed. */
export function Calendar() {
  const made = useSignal<Made | null>(null);
  const pages = usePages("calendars", (cursor) => ok(api.GET("/api/calendar", { params: { query: { cursor } } })));
  const views = usePages("views", (cursor) => ok(api.GET("/api/views", { params: { query: { limit: 100, cursor } } })));
  const known = views.items.value ?? [];
  const make = async (body: NewFeed): Promise<void> => {
    const feed = await ok(api.POST("/api/calendar", { body }));
    made.value = { id: feed.id, name: nameIn(feed, known), url: feed.url };
    await pages.reload();
  };
  const remove = ({ id }: Feed): void =>
    void attempt(async () => {
      await ok(api.DELETE("/api/calendar/{calendar_id}", { params: { path: { calendar_id: id } } }));
      if (made.peek()?.id === id) made.value = null;
      await pages.reload();
    });
  return (
    <>
      <Card title="Calendar">
        <p>
          A calendar program that subscribes to such an address shows what is due. The address is a secret: whoever
          knows it reads along.
        </p>
        <Form onSubmit={({ of = "user" }) => make(asked(of))} submit="Make an address">
          {(errors) => <Choice views={known} error={errors.project_id ?? errors.view_id} />}
        </Form>
        {made.value !== null && <Secret label={`${made.value.name}: shown this once`} value={made.value.url} />}
      </Card>
      <Card title="Your calendar feeds">
        <Listing pages={pages} empty="There is no address yet.">
          {(feed) => (
            <One key={feed.id} feed={feed} name={nameIn(feed, known)} renew={make} remove={() => remove(feed)} />
          )}
        </Listing>
      </Card>
    </>
  );
}

function Choice({ views, error }: { views: readonly View[]; error: string | undefined }) {
  return (
    <div class="field">
      <label for="feed-of">What it shows</label>
      <select id="feed-of" name="of" aria-describedby="feed-says">
        <option value="user">{OWN}</option>
        {projects.value.length > 0 && (
          <optgroup label="Projects">
            {projects.value.map(({ id, name }) => (
              <option key={id} value={`project ${id}`}>
                {name}
              </option>
            ))}
          </optgroup>
        )}
        {views.length > 0 && (
          <optgroup label="Saved views">
            {views.map(({ id, name }) => (
              <option key={id} value={`view ${id}`}>
                {name}
              </option>
            ))}
          </optgroup>
        )}
      </select>
      <small id="feed-says">Each has one address: a new one makes the one before worthless.</small>
      {error !== undefined && <small class="wrong">{error}</small>}
    </div>
  );
}

interface OneProps {
  feed: Feed;
  name: string;
  renew: (body: NewFeed) => Promise<void>;
  remove: () => void;
}

function One({ feed: { scope, project_id, view_id, created_at }, name, renew, remove }: OneProps) {
  const asking = useSignal<"renew" | "remove" | null>(null);
  const of = { scope, project_id: project_id ?? undefined, view_id: view_id ?? undefined };
  return (
    <li>
      <span class="grow">
        {name}
        <small class="soft">
          {SCOPE_WORDS[scope]}, made {agoWords(created_at)}
        </small>
      </span>
      <span class="facts">
        <button
          type="button"
          class="quiet square"
          aria-label={`A new address for ${name}`}
          title="A new address"
          onClick={() => void (asking.value = "renew")}
        >
          <Icon name="again" />
        </button>
        <button
          type="button"
          class="quiet square"
          aria-label={`Withdraw the address of ${name}`}
          title="Withdraw the address"
          onClick={() => void (asking.value = "remove")}
        >
          <Icon name="trash" />
        </button>
      </span>
      {asking.value !== null && (
        <Confirm
          title={asking.value === "renew" ? `A new address for ${name}?` : `Withdraw the address of ${name}?`}
          yes={asking.value === "renew" ? "Make a new one" : "Withdraw it"}
          act={asking.value === "renew" ? () => void attempt(() => renew(of)) : remove}
          onClose={() => void (asking.value = null)}
        >
          Calendar programs that read the present one show nothing new from then on.
        </Confirm>
      )}
    </li>
  );
}

const OWN = "What is mine to do";
const SCOPE_WORDS: Record<Feed["scope"], string> = { user: "yours", project: "a project", view: "a saved view" };

function asked(of: string): NewFeed {
  const [scope, id] = of.split(" ");
  if (scope === "project") return { scope, project_id: Number(id) };
  return scope === "view" ? { scope, view_id: Number(id) } : { scope: "user" };
}

function nameIn({ scope, project_id, view_id }: Feed, views: readonly View[]): string {
  if (scope === "project") return projectOf(project_id)?.name ?? `Project ${project_id}`;
  if (scope === "view") return views.find(({ id }) => id === view_id)?.name ?? `View ${view_id}`;
  return OWN;
}
