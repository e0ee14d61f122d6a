import { useLocation } from "preact-iso";
import { api, ok } from "../api/client";
import { ProblemError } from "../api/problem";
import { signedIn } from "../api/session";
import { link } from "../state/link";
import { Field } from "../ui/field";
import { Form } from "../ui/form";
import { NewPassword } from "../ui/new-password";
import { Outside } from "./outside";

export function Register() {
  const { route } = useLocation();

  async function register(values: Record<string, string>): Promise<void> {
    const { username = "", email = "", password = "", full_name = "" } = values;
    const timezone = Intl.DateTimeFormat().resolvedOptions().timeZone;
    const invitation = link.get("token") ?? undefined;
    const body = { username, email, password, full_name, timezone, invitation };
    await ok(api.POST("/api/auth/register", { body })).catch((error: unknown) => {
      throw error instanceof ProblemError && error.fields.invitation ? error.whole() : error;
    });
    signedIn(await ok(api.POST("/api/auth/login", { body: { username, password } })));
    route("/", true);
  }

  return (
    <Outside title={link.has("token") ? "You are invited" : "Create an account"}>
      <Form onSubmit={register} submit="Create account" after={<a href="/sign-in">Sign in instead</a>}>
        {(errors) => (
          <>
            <Field
              label="Username"
              name="username"
              autoComplete="username"
              required
              autoFocus
              error={errors.username}
            />
            <Field label="E-mail" name="email" type="email" autoComplete="email" required error={errors.email} />
            <Field label="Full name" name="full_name" autoComplete="name" error={errors.full_name} />
            <NewPassword name="password" label="Password" error={errors.password} />
          </>
        )}
      </Form>
    </Outside>
  );
}
