import { QueryClientProvider } from '@tanstack/react-query';
import { createRoot } from 'react-dom/client';
import { createQueries } from './api/figures.ts';
import { App } from './app/App.tsx';
import { preloadCharts } from './charts/parts.ts';
import { ToastProvider } from './components/Toast.tsx';
import './styles/base.css';
import './styles/tokens.css';

const root = document.getElementById('root');
if (root === null) throw new Error('the page has no #root');

preloadCharts();
createRoot(root).render(
  <QueryClientProvider client={createQueries()}>
    <ToastProvider>
      <App />
    </ToastProvider>
  </QueryClientProvider>,
);
