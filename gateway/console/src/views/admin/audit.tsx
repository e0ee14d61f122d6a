import { useSignal } from "@preact/signals";
import { api, ok } from "../../api/client";
import { usePages } from "../../state/pages";
import { nameOf } from "../../state/people";
import { Listing } from "../../ui/listing";
import { Card } from "../../ui/pane";
import { agoWords, momentWords } from "../../ui/words";

/** Who signed in, what was refused, what administrators did. */
export function Audit() {
  const action = useSignal("");
  const pages = usePages(`audit ${action.value}`, (cursor) =>
    ok(api.GET("/api/audit", { params: { query: { action: action.value || undefined, cursor } } })),
  );
  return (
    <Card title="Audit">
      <search class="filters">
        <input
          type="search"
          aria-label="Action"
          placeholder="Action"
          onChange={(e) => void (action.value = e.currentTarget.value.trim())}
        />
      </search>
      <Listing pages={pages} empty="Nothing yet.">
        {(entry) => (
          <li key={entry.id}>
            <span class="grow">
              <strong>{entry.action}</strong> {entry.count > 1 && `× ${entry.count}`}
              <small class="soft">
                {entry.actor_id === null ? "Somebody" : nameOf(entry.actor_id)}
                {entry.target !== null && ` → ${entry.target}`}, from {entry.address}
              </small>
            </span>
            <time class="soft" dateTime={entry.occurred_at} title={momentWords(entry.occurred_at)}>
              {agoWords(entry.occurred_at)}
            </time>
          </li>
        )}
      </Listing>
    </Card>
  );
}
