import { useLocation } from "preact-iso";
import { api, ok } from "../api/client";
import { signedIn } from "../api/session";
import { Field } from "../ui/field";
import { Form } from "../ui/form";
import { Outside } from "./outside";

export function Register() {
  const { route } = useLocation();

  async function register(values: Record<string, string>): Promise<void> {
    const { username = "", email = "", password = "", full_name = "" } = values;
    await ok(api.POST("/api/auth/register", { body: { username, email, password, full_name } }));
    signedIn(await ok(api.POST("/api/auth/login", { body: { username, password } })));
    route("/", true);
  }

  return (
    <Outside title="Create an account">
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
            <Field
              label="Password"
              name="password"
              type="password"
              autoComplete="new-password"
              minLength={8}
              maxLength={128}
              required
              hint="At least 8 characters."
              error={errors.password}
            />
          </>
        )}
      </Form>
    </Outside>
  );
}
