import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { components } from "../../generated/api";
import { api, ok } from "../api/client";
import { me } from "../api/session";
import { PRIORITIES, STATUSES } from "../api/types";
import { listen } from "../live/socket";
import { attempt } from "../state/toasts";
import { Bars } from "../ui/bars";
import { PRIORITY_WORDS, STATUS_WORDS } from "../ui/words";

type Stats = components["schemas"]["TaskStats"];

const SETTLING = 1000; // milliseconds

export function Dashboard() {
  const stats = useSignal<Stats | null>(null);
  useEffect(() => {
    let timer = 0;
    const load = (): void => void attempt(async () => void (stats.value = await ok(api.GET("/api/tasks/stats"))));
    const soon = (): void => {
      clearTimeout(timer);
      timer = window.setTimeout(load, SETTLING);
    };
    load();
    const stop = listen({ task: soon, reset: load });
    return () => {
      clearTimeout(timer);
      stop();
    };
  }, []);
  const now = stats.value;
  return (
    <>
      <h1>Hello {me.value?.first_name || me.value?.username}</h1>
      <div class="figures">
        <Figure href="/tasks" value={now?.total} text="tasks" />
        <Figure href="/tasks?status=todo" value={now?.by_status.todo} text="to do" />
        <Figure href="/tasks?status=in_progress" value={now?.by_status.in_progress} text="in progress" />
        <Figure href="/tasks?overdue=1" value={now?.overdue} text="overdue" />
        <Figure href="/tasks?sort=due_date" value={now?.due_soon} text="due soon" />
      </div>
      <div class="charts">
        <Bars title="By status" rows={STATUSES.map((name) => [STATUS_WORDS[name], now?.by_status[name] ?? 0])} />
        <Bars
          title="By priority"
          rows={PRIORITIES.map((name) => [PRIORITY_WORDS[name], now?.by_priority[name] ?? 0])}
        />
      </div>
    </>
  );
}

function Figure({ href, value, text }: { href: string; value: number | undefined; text: string }) {
  return (
    <a class="card figure" href={href}>
      <strong>{value?.toLocaleString() ?? "–"}</strong>
      <span class="soft">{text}</span>
    </a>
  );
}
