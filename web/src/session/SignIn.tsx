/** Sign-in with an API key. The key is sent once and kept nowhere here; a cookie that no script can read takes its place. */
import { type FormEvent, useEffect, useState } from 'react';
import { problemOf } from '../api/problem.ts';
import { BrandMark } from '../app/Shell.tsx';
import { Button } from '../components/Button.tsx';
import { Field } from '../components/Field.tsx';
import './sign-in.css';
import { useSignIn } from './session.ts';

export function SignIn() {
  const [key, setKey] = useState('');
  const signIn = useSignIn();
  useEffect(() => {
    document.title = 'Sign in · Farelog';
  }, []);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (key.trim() !== '') signIn.mutate(key.trim());
  };
  const error = signIn.error === null ? undefined : problemOf(signIn.error).detail;
  return (
    <main className="alone">
      <div className="sign-in">
        <p className="sign-in-brand">
          <BrandMark /> Farelog
        </p>
        <h1>Sign in</h1>
        <form onSubmit={submit}>
          {/* So that a password manager knows what the key belongs to. */}
          <input type="text" name="username" autoComplete="username" value="Farelog" readOnly hidden />
          <Field
            label="API key"
            type="password"
            name="key"
            autoComplete="current-password"
            isRequired
            value={key}
            onChange={setKey}
            error={error}
            hint="Of the role analyst, researcher or admin."
          />
          <Button kind="primary" type="submit" disabled={signIn.isPending}>
            {signIn.isPending ? 'Signing in …' : 'Sign in'}
          </Button>
        </form>
        <details>
          <summary>Where do I find a key?</summary>
          <p>
            The first start of Farelog tells an admin key, once. More are made by an administrator, here under
            Settings or on the server:
          </p>
          <pre>npx farelog keys create --role analyst --name “Finance”</pre>
        </details>
      </div>
    </main>
  );
}
