import { api, ok } from "../../api/client";
import { ROLES, type Role } from "../../api/types";
import { usePages } from "../../state/pages";
import { nameOf } from "../../state/people";
import { attempt } from "../../state/toasts";
import { useReloadOnChange } from "../../state/use-reload";
import { Avatar } from "../../ui/avatar";
import { Icon } from "../../ui/icon";
import { Listing } from "../../ui/listing";
import { Card } from "../../ui/pane";
import { PersonPicker } from "../../ui/person-picker";

/** Who is in a project; those who run it say so. */
export function Members({ id, runs }: { id: number; runs: boolean }) {
  const pages = usePages(`members ${id}`, (cursor) =>
    ok(
      api.GET("/api/projects/{project_id}/members", {
        params: { path: { project_id: id }, query: { limit: 100, cursor } },
      }),
    ),
  );
  useReloadOnChange(pages.reload, ["project"]);
  const set = (user: number, role: Role): void =>
    void attempt(async () => {
      const params = { path: { project_id: id, user_id: user } };
      await ok(api.PUT("/api/projects/{project_id}/members/{user_id}", { params, body: { role } }));
      await pages.reload();
    });
  const remove = (user: number): void =>
    void attempt(async () => {
      await ok(
        api.DELETE("/api/projects/{project_id}/members/{user_id}", {
          params: { path: { project_id: id, user_id: user } },
        }),
      );
      await pages.reload();
    });
  return (
    <Card title="Members">
      <Listing pages={pages} empty="">
        {(member) => (
          <li key={member.user_id}>
            <Avatar id={member.user_id} />
            <span class="grow">{nameOf(member.user_id)}</span>
            {runs ? (
              <span class="facts">
                <select
                  aria-label={`Role of ${nameOf(member.user_id)}`}
                  value={member.role}
                  onChange={(event) => set(member.user_id, event.currentTarget.value as Role)}
                >
                  {ROLES.map((role) => (
                    <option key={role} value={role}>
                      {role}
                    </option>
                  ))}
                </select>
                <button
                  type="button"
                  class="quiet square"
                  aria-label={`Remove ${nameOf(member.user_id)}`}
                  onClick={() => remove(member.user_id)}
                >
                  <Icon name="close" />
                </button>
              </span>
            ) : (
              <span class="soft">{member.role}</span>
            )}
          </li>
        )}
      </Listing>
      {runs && (
        <PersonPicker
          label="Add somebody"
          without={pages.items.value?.map((member) => member.user_id) ?? []}
          choose={(user) => set(user, "member")}
        />
      )}
    </Card>
  );
}
