import { api, ok, onceOnly } from "../../api/client";
import type { Invitation, User } from "../../api/types";
import { type Pages, usePages } from "../../state/pages";
import { attempt, say } from "../../state/toasts";
import { Field } from "../../ui/field";
import { Form } from "../../ui/form";
import { Icon } from "../../ui/icon";
import { Listing } from "../../ui/listing";
import { Card } from "../../ui/pane";
import { agoWords, dayWords } from "../../ui/words";

/** Who was asked to come, and whether they did. */
export function Invitations() {
  const pages = usePages("invitations", (cursor) => ok(api.GET("/api/invitations", { params: { query: { cursor } } })));
  return (
    <>
      <Invite pages={pages} />
      <Card title="Invitations">
        <Listing pages={pages} empty="Nobody is invited.">
          {(invitation) => <One key={invitation.id} invitation={invitation} pages={pages} />}
        </Listing>
      </Card>
    </>
  );
}

function Invite({ pages }: { pages: Pages<Invitation> }) {
  const invite = async ({ email = "", role = "user" }: Record<string, string>): Promise<void> => {
    const body = { email, role: role as User["role"] };
    await ok(api.POST("/api/invitations", { body, headers: onceOnly() }));
    say(`An invitation to ${email} is on its way.`);
    await pages.reload();
  };
  return (
    <Card title="Invite somebody">
      <p class="soft">They get a mail with a link that is good once, for seven days.</p>
      <Form onSubmit={invite} submit="Send an invitation" clear>
        {(errors) => (
          <div class="row">
            <Field label="E-mail" name="email" type="email" required error={errors.email} />
            <div class="field">
              <label for="invite-role">Role</label>
              <select id="invite-role" name="role">
                <option value="user">User</option>
                <option value="admin">Administrator</option>
              </select>
            </div>
          </div>
        )}
      </Form>
    </Card>
  );
}

function One({ invitation, pages }: { invitation: Invitation; pages: Pages<Invitation> }) {
  const { id, email, role, created_at, expires_at, accepted_at } = invitation;
  const waiting = accepted_at === null && Date.parse(expires_at) > Date.now();
  const remove = (): void =>
    void attempt(async () => {
      await ok(api.DELETE("/api/invitations/{invitation_id}", { params: { path: { invitation_id: id } } }));
      if (waiting) say(`The invitation of ${email} is withdrawn.`);
      await pages.reload();
    });
  return (
    <li>
      <span class="grow">
        <strong>{email}</strong>
        {role === "admin" && <span class="mark running">administrator</span>}
        <small class="soft">
          invited {agoWords(created_at)}, {waiting && `good until ${dayWords(expires_at.slice(0, 10))}`}
          {accepted_at !== null && `came ${agoWords(accepted_at)}`}
          {accepted_at === null && !waiting && "did not come in time"}
        </small>
      </span>
      {waiting ? (
        <button type="button" onClick={remove}>
          Withdraw
        </button>
      ) : (
        <button type="button" class="quiet square" aria-label={`Remove the invitation of ${email}`} onClick={remove}>
          <Icon name="trash" />
        </button>
      )}
    </li>
  );
}
