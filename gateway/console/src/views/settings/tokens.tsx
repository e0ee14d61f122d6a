import { useSignal } from "@preact/signals";
import { api, ok } from "../../api/client";
import { isAdmin } from "../../api/session";
import type { NewToken } from "../../api/types";
import { usePages } from "../../state/pages";
import { attempt } from "../../state/toasts";
import { Field } from "../../ui/field";
import { Form } from "../../ui/form";
import { Listing } from "../../ui/listing";
import { Card } from "../../ui/pane";
import { Secret } from "../../ui/secret";
import { agoWords, dayWords } from "../../ui/words";

const FAMILIES = ["tasks", "projects", "notifications", "webhooks"] as const;

export function Tokens() {
  const fresh = useSignal<string | null>(null);
  const pages = usePages("tokens", (cursor) => ok(api.GET("/api/auth/tokens", { params: { query: { cursor } } })));

  const create = async ({ name = "", until = "", ...ticked }: Record<string, string>): Promise<void> => {
    const scopes = Object.keys(ticked) as NewToken["scopes"];
    const expires_at = until === "" ? undefined : new Date(`${until}T23:59:59`).toISOString();
    fresh.value = (await ok(api.POST("/api/auth/tokens", { body: { name, scopes, expires_at } }))).token;
    await pages.reload();
  };
  const revoke = (id: string): Promise<boolean> =>
    attempt(async () => {
      await ok(api.DELETE("/api/auth/tokens/{token_id}", { params: { path: { token_id: id } } }));
      await pages.reload();
    });

  return (
    <>
      <Card title="New access token">
        <p class="soft">For scripts and other programs; it may do what you tick here and nothing else.</p>
        <Form onSubmit={create} submit="Make a token">
          {(errors) => (
            <>
              <div class="row">
                <Field label="Name" name="name" required maxLength={100} error={errors.name} />
                <Field label="Ends on" name="until" type="date" error={errors.expires_at} />
              </div>
              <Scopes error={errors.scopes} />
            </>
          )}
        </Form>
        {fresh.value !== null && <Secret label="Shown this once" value={fresh.value} />}
      </Card>
      <Card title="Your access tokens">
        <Listing pages={pages} empty="You have none.">
          {(token) => (
            <li key={token.id}>
              <span class="grow">
                <strong>{token.name}</strong>
                <small class="soft">
                  {token.scopes.join(", ")};{" "}
                  {token.last_used_at === null ? "never used" : `used ${agoWords(token.last_used_at)}`}
                  {token.expires_at !== null && `; ends ${dayWords(token.expires_at.slice(0, 10))}`}
                </small>
              </span>
              <button type="button" onClick={() => void revoke(token.id)}>
                Revoke
              </button>
            </li>
          )}
        </Listing>
      </Card>
    </>
  );
}

function Scopes({ error }: { error: string | undefined }) {
  return (
    <fieldset>
      <legend>Scopes</legend>
      {FAMILIES.flatMap((family) => [`${family}:read`, `${family}:write`]).map((scope) => (
        <label class="check" key={scope}>
          <input type="checkbox" name={scope} /> {scope}
        </label>
      ))}
      {isAdmin.value && (
        <label class="check">
          <input type="checkbox" name="admin" /> admin
        </label>
      )}
      {error !== undefined && <small class="wrong">{error}</small>}
    </fieldset>
  );
}
