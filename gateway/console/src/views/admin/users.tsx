import { useSignal } from "@preact/signals";
import { api, ok } from "../../api/client";
import { me } from "../../api/session";
import type { User, UserChanges } from "../../api/types";
import { type Page, usePages } from "../../state/pages";
import { attempt, say } from "../../state/toasts";
import { Avatar } from "../../ui/avatar";
import { Icon } from "../../ui/icon";
import { Listing } from "../../ui/listing";
import { Menu } from "../../ui/menu";
import { Card } from "../../ui/pane";
import { agoWords } from "../../ui/words";

export function Users() {
  const q = useSignal("");
  const active = useSignal("");
  const pages = usePages(`users ${q.value} ${active.value}`, async (cursor) => {
    const query = {
      q: q.value || undefined,
      is_active: active.value === "" ? undefined : active.value === "yes",
      cursor,
    };
    return (await ok(api.GET("/api/users", { params: { query } }))) as Page<User>; // administrators get all of it
  });
  return (
    <Card title="People">
      <search class="filters all">
        <input
          type="search"
          aria-label="Search people"
          placeholder="Search"
          onInput={(e) => void (q.value = e.currentTarget.value.trim())}
        />
        <select aria-label="Which accounts" onChange={(event) => void (active.value = event.currentTarget.value)}>
          <option value="">All accounts</option>
          <option value="yes">Active</option>
          <option value="no">Deactivated</option>
        </select>
      </search>
      <Listing pages={pages} empty="Nobody matches.">
        {(user) => <One key={user.id} user={user} reload={pages.reload} />}
      </Listing>
    </Card>
  );
}

function One({ user, reload }: { user: User; reload: () => Promise<void> }) {
  const params = { path: { user_id: user.id } };
  const change = (body: UserChanges): void =>
    void attempt(async () => {
      await ok(api.PATCH("/api/users/{user_id}", { params, headers: { "If-Match": `"${user.version}"` }, body }));
      await reload();
    });
  const end = (): void =>
    void attempt(async () => {
      await ok(api.DELETE("/api/users/{user_id}/sessions", { params }));
      say(`${user.username} is signed out everywhere.`);
    });
  return (
    <li>
      <Avatar id={user.id} />
      <span class="grow">
        <strong>{user.full_name || user.username}</strong>
        {user.role === "admin" && <span class="mark running">administrator</span>}
        {!user.is_active && <span class="mark bad">deactivated</span>}
        <small class="soft">
          {user.username}, {user.email}
          {user.last_login !== null && `, signed in ${agoWords(user.last_login)}`}
        </small>
      </span>
      {user.id !== me.value?.id && (
        <Menu label={`Change ${user.username}`} icon="more" terse>
          <button
            type="button"
            class="quiet"
            onClick={() => change({ role: user.role === "admin" ? "user" : "admin" })}
          >
            <Icon name="shield" /> {user.role === "admin" ? "Make an ordinary user" : "Make an administrator"}
          </button>
          <button type="button" class="quiet" onClick={end}>
            <Icon name="signOut" /> Sign out everywhere
          </button>
          <button type="button" class="quiet danger" onClick={() => change({ is_active: !user.is_active })}>
            <Icon name="people" /> {user.is_active ? "Deactivate" : "Reactivate"}
          </button>
        </Menu>
      )}
    </li>
  );
}
