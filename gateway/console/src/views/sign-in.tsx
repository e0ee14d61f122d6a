import { api, ok } from "../api/client";
import { signedIn } from "../api/session";
import { Field } from "../ui/field";
import { Form } from "../ui/form";
import { Outside } from "./outside";

export function SignIn() {
  async function signIn(values: Record<string, string>): Promise<void> {
    const body = { username: values.username ?? "", password: values.password ?? "" };
    signedIn(await ok(api.POST("/api/auth/login", { body })));
  }

  return (
    <Outside title="Sign in to Taskwire">
      <Form onSubmit={signIn} submit="Sign in" after={<a href="/register">Create an account</a>}>
        {(errors) => (
          <>
            <Field
              label="Username or e-mail"
              name="username"
              autoComplete="username"
              required
              autoFocus
              error={errors.username}
            />
            <Field
              label="Password"
              name="password"
              type="password"
              autoComplete="current-password"
              required
              error={errors.password}
            />
          </>
        )}
      </Form>
    </Outside>
  );
}
