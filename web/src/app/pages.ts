/**
 * The pages: what is added here is in the navigation, has a route and is loaded when it is opened. A page is a file
 * whose default export is a component that renders a `Page`.
 */
import { type ComponentType, lazy } from 'react';
import {
  MethodsIcon,
  OperationsIcon,
  OverviewIcon,
  PaymentsIcon,
  ReconciliationIcon,
  RidersIcon,
  SettingsIcon,
  SourcesIcon,
  StudiesIcon,
} from '../components/icons.tsx';
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
    path: '/payments',
    pattern: '/payments/:payment_id?',
    name: 'Payments',
    needs: 'researcher',
    icon: PaymentsIcon,
    page: lazy(() => import('../pages/payments/PaymentsPage.tsx')),
  },
  {
    path: '/riders',
    pattern: '/riders/:user_id?',
    name: 'Riders',
    needs: 'researcher',
    icon: RidersIcon,
    page: lazy(() => import('../pages/riders/RidersPage.tsx')),
  },
  {
    path: '/methods',
    name: 'Methods',
    needs: 'analyst',
    icon: MethodsIcon,
    page: lazy(() => import('../pages/methods/MethodsPage.tsx')),
  },
  {
    path: '/studies',
    pattern: '/studies/:name?',
    name: 'Studies',
    needs: 'researcher',
    icon: StudiesIcon,
    page: lazy(() => import('../pages/studies/StudiesPage.tsx')),
  },
  {
    path: '/reconciliation',
    pattern: '/reconciliation/:id?',
    name: 'Reconciliation',
    needs: 'analyst',
    icon: ReconciliationIcon,
    page: lazy(() => import('../pages/reconciliation/ReconciliationPage.tsx')),
  },
  {
    path: '/sources',
    name: 'Sources',
    needs: 'analyst',
    icon: SourcesIcon,
    page: lazy(() => import('../pages/sources/SourcesPage.tsx')),
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
