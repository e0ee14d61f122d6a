interface Series {
  name: string;
  values: readonly number[];
  look: "first" | "second";
}

interface Props {
  title: string;
  days: readonly string[];
  series: readonly Series[];
}

const WIDTH = 300;
const HEIGHT = 100;

/** Series over days as lines; what they end with and their highest values in words, for everybody. */
export function Lines({ title, days, series }: Props) {
  const most = Math.max(1, ...series.flatMap(({ values }) => values));
  const points = (values: readonly number[]): string =>
    values
      .map((value, index) => `${(WIDTH * index) / Math.max(1, values.length - 1)},${HEIGHT * (1 - value / most)}`)
      .join(" ");
  return (
    <section class="card lines" aria-label={title}>
      <h2>{title}</h2>
      <svg viewBox={`0 -3 ${WIDTH} ${HEIGHT + 6}`} preserveAspectRatio="none" aria-hidden="true">
        <line class="ground" x1="0" x2={WIDTH} y1={HEIGHT} y2={HEIGHT} />
        {series.map(({ name, values, look }) => (
          <polyline key={name} class={look} points={points(values)} />
        ))}
      </svg>
      <p class="scale soft">
        <span>{days[0] ?? " "}</span>
        <span>highest {most.toLocaleString()}</span>
        <span>{days.at(-1) ?? ""}</span>
      </p>
      <ul class="legend">
        {series.map(({ name, values, look }) => (
          <li key={name}>
            <i class={look} aria-hidden="true" /> {name}
            <span class="unseen">: {values.at(-1) ?? 0} on the last day</span>
          </li>
        ))}
      </ul>
    </section>
  );
}
