import { useSignal } from "@preact/signals";
import { api, ok } from "../../api/client";
import type { Feed } from "../../api/types";
import { usePages } from "../../state/pages";
import { attempt } from "../../state/toasts";
import { Listing } from "../../ui/listing";
import { Card } from "../../ui/pane";
import { Secret } from "../../ui/secret";
import { momentWords } from "../../ui/words";

/** Addresses under which calendar programs read the due tasks. Whoever knows one reads its feed. */
export function Calendar() {
  const address = useSignal<string | null>(null);
  const pages = usePages("calendars", (cursor) => ok(api.GET("/api/calendar", { params: { query: { cursor } } })));
  const make = (): void =>
    void attempt(async () => {
      address.value = (await ok(api.POST("/api/calendar", { body: {} }))).url;
      await pages.reload();
    });
  const remove = (feed: Feed): void =>
    void attempt(async () => {
      await ok(api.DELETE("/api/calendar/{calendar_id}", { params: { path: { calendar_id: feed.id } } }));
      address.value = null;
      await pages.reload();
    });
  const feeds = pages.items.value ?? [];
  return (
    <Card title="Calendar">
      <p>
        A calendar program that subscribes to this address shows what is due. The address is a secret: a new one makes
        the one before worthless.
      </p>
      {address.value !== null && <Secret label="It is shown once:" value={address.value} />}
      <Listing pages={pages} empty="There is no address yet.">
        {(feed) => (
          <li key={feed.id}>
            <span class="grow">
              {feed.scope}
              <small class="soft">{momentWords(feed.created_at)}</small>
            </span>
            <button type="button" onClick={() => remove(feed)}>
              Withdraw
            </button>
          </li>
        )}
      </Listing>
      <button type="button" class="primary" onClick={make}>
        {feeds.length > 0 ? "Make a new address" : "Make an address"}
      </button>
    </Card>
  );
}
