import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { api, ok } from "../../api/client";
import type { DeliveryStats } from "../../api/types";
import { attempt } from "../../state/toasts";
import { Card } from "../../ui/pane";

interface Part {
  status: string;
  checks?: Record<string, string>;
}

interface Health {
  status: string;
  services?: Record<string, Part>;
}

/** What runs, what waits, what could not be handled. */
export function System() {
  const health = useSignal<Health | null>(null);
  const stats = useSignal<DeliveryStats | null>(null);
  useEffect(() => {
    void attempt(async () => {
      health.value = (await (await fetch("/health")).json()) as Health; // 503 has a body that says what is wrong
      stats.value = await ok(api.GET("/api/notifications/stats"));
    });
  }, []);
  const now = stats.value;
  return (
    <>
      <Card title="Health">{health.value !== null && <Parts health={health.value} />}</Card>
      <Card title="Mails and messages">
        {now !== null && (
          <table class="plain">
            <tbody>
              {Object.entries({
                "Mails waiting": now.mail.pending,
                "Mails tried again": now.mail.retrying,
                "Mails sent": now.mail.sent,
                "Mails given up": now.mail.failed,
                "Addresses that refuse mail": now.mail.paused_addresses,
                "Rows in all inboxes": now.inbox.total,
                "Messages that could not be handled": now.dead_letters,
              }).map(([name, value]) => (
                <tr key={name}>
                  <th scope="row">{name}</th>
                  <td class="number">{value.toLocaleString()}</td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
      </Card>
    </>
  );
}

/** Each service with what it needs, and how that is. */
function Parts({ health }: { health: Health }) {
  return (
    <table class="plain">
      <tbody>
        {Object.entries(health.services ?? { gateway: health as Part }).map(([name, { status, checks = {} }]) => (
          <tr key={name}>
            <th scope="row">{name}</th>
            <td>
              <span class={`mark ${status === "ok" ? "good" : "bad"}`}>{status}</span>
            </td>
            <td class="soft">
              {Object.entries(checks)
                .map(([check, how]) => `${check} ${how}`)
                .join(", ")}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
