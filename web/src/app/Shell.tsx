/** What is around every page: navigation, what the figures are counted in, whether they are live, and who is signed in. */
import { type ReactNode, useEffect, useRef } from 'react';
import { Link, useLocation } from 'wouter';
import { LiveBadge } from '../live/LiveBadge.tsx';
import { mayUse, useSession } from '../session/session.ts';
import { useHref } from '../view/view.ts';
import { PAGES } from './pages.ts';
import './shell.css';
import { UserMenu } from './UserMenu.tsx';

export function Shell({ children }: { children: ReactNode }) {
  const { role, zone, currency, data, version } = useSession();
  return (
    <div className="shell">
      <a className="skip-link" href="#main">
        Skip to the figures
      </a>
      <header className="topbar">
        <Link href="/" className="brand">
          <BrandMark />
          Farelog
        </Link>
        {data === 'demo' && (
          <span className="demo-badge" title="Invented payments, and more coming in">
            Demo data
          </span>
        )}
        <div className="topbar-end">
          {mayUse(role, 'analyst') && <LiveBadge />}
          <UserMenu />
        </div>
      </header>
      <Navigation />
      <main id="main" className="main" tabIndex={-1}>
        {children}
        <footer className="foot quiet small">
          <span>
            Times in {zone}, amounts in {currency}
          </span>
          <span>Farelog {version}</span>
        </footer>
      </main>
    </div>
  );
}

function Navigation() {
  const { role } = useSession();
  const [location] = useLocation();
  const hrefOf = useHref();
  const isAt = (path: string): boolean => (path === '/' ? location === '/' : location.startsWith(path));
  const nav = useRef<HTMLElement>(null);
  // On a phone the pages may be wider than the screen; where one is must be seen.
  useEffect(() => {
    nav.current?.querySelector('[aria-current]')?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }, [location]);
  return (
    <nav className="nav" aria-label="Pages" ref={nav}>
      <ul>
        {PAGES.filter(({ needs }) => mayUse(role, needs)).map(({ path, name, icon: Icon }) => (
          <li key={path}>
            <Link href={hrefOf(path)} className="nav-link" aria-current={isAt(path) ? 'page' : undefined}>
              <Icon />
              <span>{name}</span>
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}

export function BrandMark() {
  return (
    <svg width="28" height="28" viewBox="0 0 32 32" aria-hidden="true" focusable="false">
      <rect width="32" height="32" rx="8" fill="var(--accent)" />
      <path
        d="M8 23V13m5.3 10V9m5.4 14v-7M24 23V11"
        stroke="var(--on-accent)"
        strokeWidth="3"
        strokeLinecap="round"
      />
    </svg>
  );
}
