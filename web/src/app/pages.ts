/**
 * The pages: what is added here is in the navigation, has a route and is loaded when it is opened. A page is a file
 * whose default export is a component that renders a `Page`.
 */
import { type ComponentType, lazy } from 'react';
import { MethodsIcon, OperationsIcon, OverviewIcon, SettingsIcon } from '../components/icons.tsx';
import type { Role } from '../session/session.ts';

export interface PageEntry {
  /** Where it begins; links and the navigation lead here. */
  readonly path: string;
  /** Paths that it answers, where it has others: wouter's patterns, `/payments/:payment_id?`. */
  readonly pattern?: string;
  readonly name: string;
  /** Who sees it; the server holds everyone else off by itself. */
  readonly needs: Role;
  readonly icon: ComponentType;
  readonly page: ComponentType;
}

export const PAGES: readonly PageEntry[] = [
  {
    path: '/',
    name: 'Overview',
    needs: 'analyst',
    icon: OverviewIcon,
    page: lazy(() => import('../pages/overview/OverviewPage.tsx')),
  },
  {
    path: '/methods',
    name: 'Methods',
    needs: 'analyst',
    icon: MethodsIcon,
    page: lazy(() => import('../pages/methods/MethodsPage.tsx')),
  },
  {
    path: '/operations',
    name: 'Operations',
    needs: 'analyst',
    icon: OperationsIcon,
    page: lazy(() => import('../pages/operations/OperationsPage.tsx')),
  },
  {
    path: '/settings',
    name: 'Settings',
    needs: 'admin',
    icon: SettingsIcon,
    page: lazy(() => import('../pages/settings/SettingsPage.tsx')),
  },
];
