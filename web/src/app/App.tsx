/** From nothing to a page: who is signed in, then the shell, then what the address says. */
import { Component, type ReactNode, Suspense } from 'react';
import { Redirect, Route, Switch } from 'wouter';
import { Empty } from '../components/Empty.tsx';
import { Page } from '../components/Page.tsx';
import { Problem } from '../components/Problem.tsx';
import { Loading } from '../components/Skeleton.tsx';
import { LiveProvider } from '../live/live.tsx';
import { SignIn } from '../session/SignIn.tsx';
import { mayUse, type Session, SessionProvider, useSessionQuery } from '../session/session.ts';
import { PAGES, type PageEntry } from './pages.ts';
import { Shell } from './Shell.tsx';

export function App() {
  const { data: session, error, refetch } = useSessionQuery();
  if (session === undefined) {
    return error === null ? null : (
      <main className="alone">
        <Problem error={error} retry={() => void refetch()} />
      </main>
    );
  }
  if (session === null) return <SignIn />;
  return (
    <SessionProvider value={session}>
      <LiveProvider isOn={mayUse(session.role, 'analyst')}>
        <Shell>
          <Routes session={session} />
        </Shell>
      </LiveProvider>
    </SessionProvider>
  );
}

function Routes({ session }: { session: Session }) {
  return (
    <Switch>
      {PAGES.map((entry) => (
        <Route key={entry.path} path={entry.pattern ?? entry.path}>
          <OnePage entry={entry} session={session} />
        </Route>
      ))}
      <Route path="/sign-in">
        <Redirect to="/" replace />
      </Route>
      <Route>
        <Page title="No such page">
          <Empty title="There is no page at this address">
            <p>
              The address may be mistyped, or the page may have moved. The navigation leads to all there are.
            </p>
          </Empty>
        </Page>
      </Route>
    </Switch>
  );
}

function OnePage({ entry: { page: Content, name, needs }, session }: { entry: PageEntry; session: Session }) {
  if (!mayUse(session.role, needs)) {
    return (
      <Page title={name}>
        <Empty title={`${name} is for the role ${needs}`}>
          <p>
            You are signed in as {session.role}, with the key “{session.key_name}”. Ask whoever runs Farelog
            for a key of that role.
          </p>
        </Empty>
      </Page>
    );
  }
  return (
    <Boundary key={name}>
      <Suspense fallback={<Loading heightPx={window.innerHeight} label={`Loading ${name}`} />}>
        <Content />
      </Suspense>
    </Boundary>
  );
}

/** Holds a page that fails, so that the navigation stays: a new version may have taken the old one's files away. */
class Boundary extends Component<{ children: ReactNode }, { error: unknown }> {
  override state = { error: null };

  static override getDerivedStateFromError(error: unknown): { error: unknown } {
    return { error };
  }

  override render(): ReactNode {
    if (this.state.error === null) return this.props.children;
    return <Problem error={this.state.error} retry={() => window.location.reload()} />;
  }
}
