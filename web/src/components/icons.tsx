/** Icons, drawn with lines in the colour of the text beside them, which says what they mean. */
import type { ReactNode } from 'react';

function Icon({ children }: { children: ReactNode }) {
  return (
    <svg
      width="20"
      height="20"
      viewBox="0 0 20 20"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.6"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
      focusable="false"
    >
      {children}
    </svg>
  );
}

const lines = (path: string) => () => (
  <Icon>
    <path d={path} />
  </Icon>
);

export const OverviewIcon = lines('M3 17V9.5M7.7 17V5M12.3 17v-6M17 17V7.5');
export const PaymentsIcon = lines(
  'M2.5 6.5a2 2 0 0 1 2-2h11a2 2 0 0 1 2 2v7a2 2 0 0 1-2 2h-11a2 2 0 0 1-2-2zM2.5 8.5h15M5.5 12.5H9',
);
export const RidersIcon = lines(
  'M7.5 9a3 3 0 1 0 0-6 3 3 0 0 0 0 6zM2.5 17a5 5 0 0 1 10 0M13 3.4a3 3 0 0 1 0 5.3M14.5 12.3a5 5 0 0 1 3 4.7',
);
export const MethodsIcon = lines('M10 2.5a7.5 7.5 0 1 0 7.5 7.5H10zM13 2.8A7.5 7.5 0 0 1 17.2 7H13z');
export const StudiesIcon = lines(
  'M8 2.5h4M9 2.5V8l-5 8a1 1 0 0 0 1 1.5h10a1 1 0 0 0 1-1.5l-5-8V2.5M6.5 13h7',
);
export const OperationsIcon = lines('M2 10.5h3.5L8 4l4 12 2.5-5.5H18');
export const ReconciliationIcon = lines('M3 6.5h12.5M12.5 3.5l3 3-3 3M17 13.5H4.5M7.5 10.5l-3 3 3 3');
export const SourcesIcon = lines('M10 2.5v9M6.5 8l3.5 3.5L13.5 8M3 12.5v3a2 2 0 0 0 2 2h10a2 2 0 0 0 2-2v-3');
export const SettingsIcon = lines(
  'M3 6h7M14 6h3M12 8a2 2 0 1 0 0-4 2 2 0 0 0 0 4zM3 14h3M10 14h7M8 16a2 2 0 1 0 0-4 2 2 0 0 0 0 4z',
);
export const CalendarIcon = lines(
  'M3.5 6a2 2 0 0 1 2-2h9a2 2 0 0 1 2 2v8.5a2 2 0 0 1-2 2h-9a2 2 0 0 1-2-2zM3.5 8h13M7 2.5V5M13 2.5V5',
);
export const TableIcon = lines(
  'M3 5.5a1.5 1.5 0 0 1 1.5-1.5h11A1.5 1.5 0 0 1 17 5.5v9a1.5 1.5 0 0 1-1.5 1.5h-11A1.5 1.5 0 0 1 3 14.5zM3 8h14M3 12h14M8.5 8v8',
);
export const UserIcon = lines('M10 10a3.3 3.3 0 1 0 0-6.6 3.3 3.3 0 0 0 0 6.6zM3.5 17a6.5 6.5 0 0 1 13 0');
export const CopyIcon = lines(
  'M7 8.5A1.5 1.5 0 0 1 8.5 7h7A1.5 1.5 0 0 1 17 8.5v7a1.5 1.5 0 0 1-1.5 1.5h-7A1.5 1.5 0 0 1 7 15.5zM4.5 13A1.5 1.5 0 0 1 3 11.5v-7A1.5 1.5 0 0 1 4.5 3h7A1.5 1.5 0 0 1 13 4.5',
);
