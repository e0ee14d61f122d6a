import type { QuickReport } from "../api/types";
import { Chart } from "./chart";

type Props = { report: QuickReport | null };

/** Tasks made and completed, day by day. */
export function Throughput({ report }: Props) {
  const days = report?.throughput.days ?? [];
  return (
    <Chart
      title="Made and completed"
      kind="columns"
      unit="tasks"
      days={days.map(({ day }) => day)}
      series={[
        { name: "Made", values: days.map(({ created }) => created), look: "second" },
        { name: "Completed", values: days.map(({ completed }) => completed), look: "first" },
      ]}
    />
  );
}

/** Open tasks at the end of each day, beside an even way to none. */
export function Burndown({ report }: Props) {
  const days = report?.burndown ?? [];
  return (
    <Chart
      title="Open tasks"
      kind="lines"
      unit="tasks"
      days={days.map(({ day }) => day)}
      series={[
        { name: "Evenly to none", values: days.map(({ ideal }) => ideal), look: "second", dashed: true },
        { name: "Open", values: days.map(({ remaining }) => remaining), look: "first" },
      ]}
    />
  );
}

/** How many tasks had which status at the end of each day. */
export function Flow({ report }: Props) {
  const days = report?.cumulative_flow ?? [];
  return (
    <Chart
      title="Tasks by status"
      kind="areas"
      unit="tasks"
      days={days.map(({ day }) => day)}
      series={[
        { name: "Completed", values: days.map(({ completed }) => completed), look: "third" },
        { name: "In progress", values: days.map(({ in_progress }) => in_progress), look: "first" },
        { name: "To do", values: days.map(({ todo }) => todo), look: "second" },
      ]}
    />
  );
}
