interface Row {
  key: string;
  name: string;
  value: number;
  /** Where these tasks are listed. */
  href?: string;
}

/** Horizontal bars with their numbers, as the table that they are. */
export function Bars({ title, rows }: { title: string; rows: readonly Row[] }) {
  const most = Math.max(1, ...rows.map(({ value }) => value));
  return (
    <section class="card bars stack" aria-label={title}>
      <h2>{title}</h2>
      <table>
        <tbody>
          {rows.map(({ key, name, value, href }) => (
            <tr key={key} class={`bar-${key}`}>
              <th scope="row">{href === undefined ? name : <a href={href}>{name}</a>}</th>
              <td class="bar">
                <svg viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">
                  <rect width={(100 * value) / most} height="10" />
                </svg>
              </td>
              <td class="number">{value.toLocaleString()}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
