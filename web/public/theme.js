// Runs before the first paint, so that a page that was chosen to be dark does not flash. The choice is made in
// src/theme/theme.ts; private windows may refuse the storage.
try {
  const choice = localStorage.getItem('farelog.theme');
  if (choice === 'light' || choice === 'dark') document.documentElement.dataset.theme = choice;
} catch {}
