import type { ChartProps, Series } from "./chart";

/** In pixels: the axis at the left, the depth of the plot, and all of it with the days' names. */
export const LEFT = 40;
export const DEPTH = 150;
export const HEIGHT = 192;

type Kind = ChartProps["kind"];
type Scale = (value: number) => number;

const GAP = 0.3; // of a day's width, between its columns and the next ones
const STEPS = [1, 2, 5, 10];

/** A round number that nothing is higher than. */
export function topOf(kind: Kind, series: readonly Series[]): number {
  const heights = kind === "areas" ? totals(series) : series.flatMap(({ values }) => values);
  const most = Math.max(1, ...heights);
  const size = 10 ** Math.floor(Math.log10(most / 3 || 1));
  const step = Math.max(1, (STEPS.find((one) => one * size * 4 >= most) ?? 10) * size);
  return Math.ceil(most / step) * step;
}

const totals = (series: readonly Series[]): number[] =>
  (series[0]?.values ?? []).map((_, day) => series.reduce((sum, { values }) => sum + (values[day] ?? 0), 0));

/** From 0 up to the top, four steps at most. */
export function ticksTo(top: number): number[] {
  const parts = [4, 3, 2].find((count) => Number.isInteger(top / count)) ?? 1;
  return Array.from({ length: parts + 1 }, (_, part) => (top * part) / parts);
}

/** Where a day stands: in the middle of its columns, or at its point of a line. */
export function place(index: number, count: number, width: number, kind: Kind): number {
  const room = width - LEFT;
  if (kind === "columns") return LEFT + (room * (index + 0.5)) / Math.max(1, count);
  return LEFT + (room * index) / Math.max(1, count - 1);
}

export function columns(series: readonly Series[], x: Scale, y: Scale, width: number) {
  const count = series[0]?.values.length ?? 0;
  const wide = ((width - LEFT) / Math.max(1, count)) * (1 - GAP);
  const one = wide / series.length;
  return series.flatMap(({ name, values, look }, number) =>
    values.map((value, day) => (
      <rect
        key={`${name} ${day}`}
        class={look}
        x={x(day) - wide / 2 + one * number}
        y={y(value)}
        width={Math.max(1, one - 1)}
        height={DEPTH - y(value)}
        rx={Math.min(2, one / 3)}
      />
    )),
  );
}

export function lines(series: readonly Series[], x: Scale, y: Scale) {
  return series.map(({ name, values, look, dashed }) => (
    <polyline
      key={name}
      class={dashed ? `${look} dashed` : look}
      points={values.map((value, day) => `${x(day)},${y(value)}`).join(" ")}
    />
  ));
}

/** Each upon the one before it. */
export function areas(series: readonly Series[], x: Scale, y: Scale) {
  const below = (series[0]?.values ?? []).map(() => 0);
  return series.map(({ name, values, look }) => {
    const under = below.map((value, day) => `${x(day)},${y(value)}`).reverse();
    const over = values.map((value, day) => {
      below[day] = (below[day] ?? 0) + value;
      return `${x(day)},${y(below[day] ?? 0)}`;
    });
    return <polygon key={name} class={look} points={[...over, ...under].join(" ")} />;
  });
}
