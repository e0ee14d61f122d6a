import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { api, ok } from "../../api/client";
import type { Preferences as Chosen, PreferencesChanges } from "../../api/types";
import { attempt, say } from "../../state/toasts";
import { Field } from "../../ui/field";
import { Form } from "../../ui/form";
import { Card } from "../../ui/pane";
import { KIND_WORDS } from "../../ui/words";

const DIGESTS = { off: "At once", hourly: "Gathered each hour", daily: "Gathered each day" } as const;

export function Preferences() {
  const chosen = useSignal<Chosen | null>(null);
  useEffect(() => {
    void attempt(async () => void (chosen.value = await ok(api.GET("/api/notifications/preferences"))));
  }, []);
  const now = chosen.value;
  if (now === null) return null;

  const save = async (values: Record<string, string>): Promise<void> => {
    const kinds = Object.keys(now.matrix);
    const ticked = (kind: string, channel: string): boolean => values[`${kind}.${channel}`] === "on";
    const body: PreferencesChanges = {
      matrix: Object.fromEntries(
        kinds.map((kind) => [kind, { inbox: ticked(kind, "inbox"), email: ticked(kind, "email") }]),
      ),
      digest: values.digest as Chosen["digest"],
      digest_hour: Number(values.digest_hour),
      quiet_hours: values.from && values.to ? { from: values.from, to: values.to } : null,
    };
    chosen.value = await ok(api.PUT("/api/notifications/preferences", { body }));
    say("Saved.");
  };

  return (
    <Card title="What you are told, and where">
      <Form onSubmit={save} submit="Save">
        {(errors) => (
          <>
            <Matrix matrix={now.matrix} />
            <div class="row">
              <div class="field">
                <label for="digest">E-mails</label>
                <select id="digest" name="digest">
                  {Object.entries(DIGESTS).map(([value, words]) => (
                    <option key={value} value={value} selected={value === now.digest}>
                      {words}
                    </option>
                  ))}
                </select>
              </div>
              <Field
                label="Daily at (hour)"
                name="digest_hour"
                type="number"
                min={0}
                max={23}
                value={now.digest_hour}
                error={errors.digest_hour}
              />
            </div>
            <div class="row">
              <Field
                label="Quiet from"
                name="from"
                type="time"
                value={now.quiet_hours?.from ?? ""}
                error={errors.quiet_hours}
              />
              <Field label="until" name="to" type="time" value={now.quiet_hours?.to ?? ""} />
            </div>
          </>
        )}
      </Form>
    </Card>
  );
}

function Matrix({ matrix }: { matrix: Chosen["matrix"] }) {
  return (
    <table class="plain matrix">
      <thead>
        <tr>
          <th scope="col">When</th>
          <th scope="col">Inbox</th>
          <th scope="col">E-mail</th>
        </tr>
      </thead>
      <tbody>
        {Object.entries(matrix).map(([kind, channels]) => (
          <tr key={kind}>
            <th scope="row">{KIND_WORDS[kind] ?? kind}</th>
            {(["inbox", "email"] as const).map((channel) => (
              <td key={channel}>
                <input
                  type="checkbox"
                  name={`${kind}.${channel}`}
                  aria-label={`${KIND_WORDS[kind] ?? kind}: ${channel}`}
                  defaultChecked={channels[channel]}
                />
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
