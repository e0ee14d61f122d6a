import { useEffect } from "preact/hooks";
import { api, ok } from "../../api/client";
import { me, profileChanged } from "../../api/session";
import type { ProfileChanges } from "../../api/types";
import { type Scheme, scheme } from "../../state/scheme";
import { say } from "../../state/toasts";
import { Field } from "../../ui/field";
import { Form } from "../../ui/form";
import { Card } from "../../ui/pane";

const ZONES = Intl.supportedValuesOf("timeZone");

export function Profile() {
  useEffect(() => {
    ok(api.GET("/api/users/me"))
      .then(profileChanged)
      .catch(() => undefined);
  }, []);
  const self = me.value;
  if (self === null) return null;

  const save = async (values: Record<string, string>): Promise<void> => {
    const changed = Object.entries(values).filter(([name, value]) => value !== self[name as "full_name"]);
    if (changed.length === 0) return;
    const body = Object.fromEntries(changed) as ProfileChanges;
    const saved = await ok(api.PATCH("/api/users/me", { headers: { "If-Match": `"${self.version}"` }, body }));
    profileChanged(saved);
    say(saved.pending_email ? `Saved. A mail to ${saved.pending_email} asks you to confirm it.` : "Saved.");
  };

  return (
    <>
      <Card title="Profile">
        <Form key={self.version} onSubmit={save} submit="Save">
          {(errors) => (
            <>
              <Field label="Username" name="username" value={self.username} required error={errors.username} />
              <Field
                label="Full name"
                name="full_name"
                value={self.full_name}
                autoComplete="name"
                error={errors.full_name}
              />
              <Field
                label="E-mail"
                name="email"
                type="email"
                value={self.email}
                required
                hint={
                  self.pending_email
                    ? `Waiting for ${self.pending_email} to be confirmed.`
                    : "A new one is confirmed by mail first."
                }
                error={errors.email}
              />
              <div class="field">
                <label for="timezone">Time zone</label>
                <select id="timezone" name="timezone">
                  {[...new Set([self.timezone, ...ZONES])].map((zone) => (
                    <option key={zone} value={zone} selected={zone === self.timezone}>
                      {zone}
                    </option>
                  ))}
                </select>
              </div>
              <Field
                label="Language"
                name="locale"
                value={self.locale}
                hint="Such as en or de-AT: how mails write dates."
                error={errors.locale}
              />
            </>
          )}
        </Form>
      </Card>
      <Appearance />
    </>
  );
}

const SCHEMES = { auto: "As the device has it", light: "Light", dark: "Dark" } as const;

/** For this browser; nobody else sees it. */
function Appearance() {
  return (
    <Card title="Appearance">
      <fieldset>
        <legend>Colours</legend>
        {Object.entries(SCHEMES).map(([value, words]) => (
          <label class="check" key={value}>
            <input
              type="radio"
              name="scheme"
              checked={scheme.value === value}
              onChange={() => void (scheme.value = value as Scheme)}
            />
            {words}
          </label>
        ))}
      </fieldset>
    </Card>
  );
}
