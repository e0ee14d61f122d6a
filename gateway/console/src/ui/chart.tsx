import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { areas, columns, DEPTH, HEIGHT, LEFT, lines, place, ticksTo, topOf } from "./plotting";
import { dayLabel } from "./words";

export interface Series {
  name: string;
  values: readonly number[];
  look: "first" | "second" | "third";
  dashed?: boolean;
}

export interface ChartProps {
  title: string;
  kind: "columns" | "lines" | "areas";
  /** As `YYYY-MM-DD`. */
  days: readonly string[];
  series: readonly Series[];
  /** What is counted. */
  unit: string;
}

const BETWEEN = 92; // pixels from one day's name to the next
const USUAL = 560; // pixels, until the real width is known

/** Numbers over days, with their axes; under the pointer, and in a table, what they are exactly. */
export function Chart({ title, kind, days, series, unit }: ChartProps) {
  return (
    <section class="card chart" aria-label={title}>
      <header>
        <h2>{title}</h2>
        <ul class="legend">
          {series.map(({ name, look, dashed }) => (
            <li key={name}>
              <i class={`swatch ${look}${dashed ? " dashed" : ""}`} aria-hidden="true" /> {name}
            </li>
          ))}
        </ul>
      </header>
      <Plot kind={kind} days={days} series={series} unit={unit} />
      <Numbers title={title} days={days} series={series} />
    </section>
  );
}

function Plot({ kind, days, series, unit }: Omit<ChartProps, "title">) {
  const box = useRef<HTMLDivElement>(null);
  const width = useSignal(USUAL);
  const at = useSignal<number | null>(null);
  useEffect(() => {
    const seen = new ResizeObserver(([entry]) => {
      if (entry !== undefined) width.value = Math.max(200, entry.contentRect.width);
    });
    if (box.current !== null) seen.observe(box.current);
    return () => seen.disconnect();
  }, []);
  const top = topOf(kind, series);
  const x = (index: number): number => place(index, days.length, width.value, kind);
  const y = (value: number): number => DEPTH * (1 - value / top);
  const step = Math.max(1, Math.ceil((days.length * BETWEEN) / width.value));
  const point = (event: PointerEvent): void => {
    const { left } = (event.currentTarget as HTMLElement).getBoundingClientRect();
    const part = (event.clientX - left - LEFT) / (width.peek() - LEFT);
    at.value = Math.min(days.length - 1, Math.max(0, Math.floor(part * days.length)));
  };
  return (
    <div class="plot" ref={box} onPointerMove={point} onPointerLeave={() => void (at.value = null)}>
      <svg viewBox={`0 -8 ${width.value} ${HEIGHT}`} aria-hidden="true">
        {ticksTo(top).map((tick) => (
          <g key={tick}>
            <line class="grid" x1={LEFT} x2={width.value} y1={y(tick)} y2={y(tick)} />
            <text x={LEFT - 8} y={y(tick) + 4} text-anchor="end">
              {tick.toLocaleString()}
            </text>
          </g>
        ))}
        {days.map(
          (day, index) =>
            (days.length - 1 - index) % step === 0 && (
              <text key={day} x={x(index)} y={DEPTH + 20} text-anchor={x(index) > width.value - 24 ? "end" : "middle"}>
                {dayLabel(day)}
              </text>
            ),
        )}
        {at.value !== null && <line class="guide" x1={x(at.value)} x2={x(at.value)} y1={0} y2={DEPTH} />}
        {{ columns, lines, areas }[kind](series, x, y, width.value)}
      </svg>
      {at.value !== null && days[at.value] !== undefined && (
        <Tip at={at.value} left={x(at.value)} width={width.value} days={days} series={series} unit={unit} />
      )}
    </div>
  );
}

interface TipProps extends Omit<ChartProps, "title" | "kind"> {
  at: number;
  left: number;
  width: number;
}

function Tip({ at, left, width, days, series, unit }: TipProps) {
  const side = left > width / 2 ? { right: `${width - left + 12}px` } : { left: `${left + 12}px` };
  return (
    <div class="tip" style={side}>
      <strong>{dayLabel(days[at] as string)}</strong>
      {series.map(({ name, values, look, dashed }) => (
        <div key={name}>
          <i class={`swatch ${look}${dashed ? " dashed" : ""}`} /> {round(values[at] ?? 0)} {name.toLowerCase()}
        </div>
      ))}
      <span class="unseen">{unit}</span>
    </div>
  );
}

const round = (value: number): string => value.toLocaleString(undefined, { maximumFractionDigits: 1 });

function Numbers({ title, days, series }: Pick<ChartProps, "title" | "days" | "series">) {
  return (
    <details class="numbers">
      <summary class="soft">Numbers</summary>
      <section class="scroll" aria-label={`${title}: numbers`}>
        <table class="plain">
          <thead>
            <tr>
              <th scope="col">Day</th>
              {series.map(({ name }) => (
                <th scope="col" class="number" key={name}>
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {days.map((day, index) => (
              <tr key={day}>
                <th scope="row">{dayLabel(day)}</th>
                {series.map(({ name, values }) => (
                  <td class="number" key={name}>
                    {round(values[index] ?? 0)}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </details>
  );
}
