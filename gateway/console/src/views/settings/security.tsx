import { api, ok } from "../../api/client";
import type { SessionRow } from "../../api/types";
import { type Pages, usePages } from "../../state/pages";
import { attempt, say } from "../../state/toasts";
import { Field } from "../../ui/field";
import { Form } from "../../ui/form";
import { Listing } from "../../ui/listing";
import { NewPassword } from "../../ui/new-password";
import { Card } from "../../ui/pane";
import { agoWords, momentWords } from "../../ui/words";
import { TwoFactor } from "./two-factor";

export function Security() {
  const pages = usePages("sessions", (cursor) => ok(api.GET("/api/auth/sessions", { params: { query: { cursor } } })));
  return (
    <>
      <Password onChanged={pages.reload} />
      <TwoFactor />
      <Sessions pages={pages} />
    </>
  );
}

function Password({ onChanged }: { onChanged: () => Promise<void> }) {
  const change = async (values: Record<string, string>): Promise<void> => {
    const { current_password = "", new_password = "" } = values;
    await ok(api.POST("/api/auth/password/change", { body: { current_password, new_password } }));
    say("Your password is changed; all other sessions have ended.");
    await onChanged();
  };
  return (
    <Card title="Password">
      <Form onSubmit={change} submit="Change the password">
        {(errors) => (
          <>
            <Field
              label="Current password"
              name="current_password"
              type="password"
              autoComplete="current-password"
              required
              error={errors.current_password}
            />
            <NewPassword label="New password" name="new_password" error={errors.new_password} />
          </>
        )}
      </Form>
    </Card>
  );
}

function Sessions({ pages }: { pages: Pages<SessionRow> }) {
  const end = (id: string): Promise<boolean> =>
    attempt(async () => {
      await ok(api.DELETE("/api/auth/sessions/{session_id}", { params: { path: { session_id: id } } }));
      await pages.reload();
    });
  const endOthers = (): Promise<boolean> =>
    attempt(async () => {
      await ok(api.DELETE("/api/auth/sessions"));
      await pages.reload();
      say("All other sessions have ended.");
    });
  return (
    <Card title="Where you are signed in">
      <Listing pages={pages} empty="">
        {(row) => (
          <li key={row.id}>
            <span class="grow">
              <strong>{row.device || "Unknown device"}</strong>
              {row.current && <span class="mark">this one</span>}
              <small class="soft">
                {row.address}, last used <time title={momentWords(row.last_used_at)}>{agoWords(row.last_used_at)}</time>
              </small>
            </span>
            {!row.current && (
              <button type="button" onClick={() => void end(row.id)}>
                End
              </button>
            )}
          </li>
        )}
      </Listing>
      {(pages.items.value?.length ?? 0) > 1 && (
        <button type="button" onClick={() => void endOthers()}>
          End all others
        </button>
      )}
    </Card>
  );
}
