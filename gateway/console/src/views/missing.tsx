import { Empty } from "../ui/empty";

export function Missing() {
  return (
    <Empty title="There is nothing here">
      <p>
        The address may be wrong, or what was here is gone. <a href="/">To the dashboard</a>
      </p>
    </Empty>
  );
}
