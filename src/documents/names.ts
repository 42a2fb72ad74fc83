/** Names of months, weekdays, hours and payment types in en-US. */

export const MONTHS = [
  ...['January', 'February', 'March', 'April', 'May', 'June'],
  ...['July', 'August', 'September', 'October', 'November', 'December'],
];

/** Sunday first, as the report numbers them. */
export const WEEKDAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];

/** Numbers of the weekdays as they are shown: Monday first, so that the weekend stands together. */
export const WEEK = [1, 2, 3, 4, 5, 6, 0] as const;

export const HOURS = Array.from({ length: 24 }, (_, hour) => hour);

/** "08:00". */
export const hourLabel = (hour: number): string => `${String(hour).padStart(2, '0')}:00`;

/** "Mon", "Mar". */
export const short = (name: string | undefined): string => name?.slice(0, 3) ?? '';

/** "March" of 3. */
export const monthName = (month: number): string => MONTHS[month - 1] ?? '';

/** "Tuesday" of YYYY-MM-DD. */
export const weekdayName = (date: string): string =>
  WEEKDAYS[new Date(`${date}T00:00:00Z`).getUTCDay()] ?? '';

/** Whether YYYY-MM-DD is a Saturday or a Sunday. */
export const isWeekend = (date: string): boolean => weekdayName(date).startsWith('S');

/** `credit_card` → "Credit card"; a word in any other form stays as it is. */
export function typeInWords(paymentType: string): string {
  if (!/^[a-z]+(_[a-z]+)*$/.test(paymentType)) return paymentType;
  const words = paymentType.replaceAll('_', ' ');
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}`;
}
