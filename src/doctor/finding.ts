/** What the doctor says: a finding for each check, and why each check matters. */

export type Level = 'ok' | 'warning' | 'problem';

interface CheckMeaning {
  readonly area: Area;
  readonly why: string;
}

export type Area =
  | 'settings'
  | 'secrets'
  | 'clock'
  | 'durability'
  | 'disk'
  | 'versions'
  | 'database'
  | 'figures'
  | 'intake'
  | 'keys'
  | 'schedule'
  | 'port';

/** Every check there is. */
const CHECKS = {
  settings: {
    area: 'settings',
    why: 'The service refuses to start with a setting that it does not understand.',
  },
  'setting names': { area: 'settings', why: 'A misspelt setting does nothing: its default holds.' },
  exposure: { area: 'settings', why: 'What listens beyond this machine is reached by others.' },
  'secret files': {
    area: 'secrets',
    why: 'Without its secrets the service cannot start, or names riders anew.',
  },
  'secret modes': {
    area: 'secrets',
    why: 'Whoever reads these files can forge payments or find riders again.',
  },
  'pseudonym key': { area: 'secrets', why: 'With another key every rider becomes a new one.' },
  clock: {
    area: 'clock',
    why: 'Signatures are checked, payments judged and captures dated by this clock; a wrong one refuses good deliveries.',
  },
  'file system': {
    area: 'durability',
    why: 'A payment is acknowledged when the disk has it; some file systems promise less than a disk, or lock wrongly.',
  },
  'write-ahead log': { area: 'durability', why: 'Farelog commits and reads side by side through it.' },
  'flush at commit': {
    area: 'durability',
    why: 'A commit that is not on the disk is lost by a power cut, acknowledged or not.',
  },
  'binary log': {
    area: 'durability',
    why: 'A replica that lags behind its primary after a power cut lacks payments once it is promoted.',
  },
  doublewrite: {
    area: 'durability',
    why: 'A page that a power cut tears in two cannot be repaired without it.',
  },
  topology: { area: 'durability', why: 'Several writing nodes can each accept what the others undo.' },
  'read only': { area: 'database', why: 'A server that takes no writes takes no payments.' },
  'sql mode': {
    area: 'database',
    why: 'Without strictness the server stores cut or changed values instead of refusing them.',
  },
  session: {
    area: 'database',
    why: 'Farelog sets isolation, zone and strictness for each connection and relies on them.',
  },
  'wait timeout': {
    area: 'database',
    why: 'The server cuts connections that rested longer; each cut costs a delivery a second try.',
  },
  'packet size': { area: 'database', why: 'A statement larger than this is refused, and its batch with it.' },
  'free disk': { area: 'disk', why: 'On a full disk no payment is recorded: deliveries are answered 503.' },
  'log size': {
    area: 'disk',
    why: 'The log grows while a reader holds it open, and a start after a crash must read all of it.',
  },
  node: { area: 'versions', why: 'Older versions lack what Farelog uses.' },
  server: { area: 'versions', why: 'Older servers lack what Farelog uses.' },
  schema: { area: 'versions', why: 'Tables and program must fit each other.' },
  database: {
    area: 'database',
    why: 'Payments are refused with 503 while it is away; nothing that was acknowledged is lost.',
  },
  ledger: { area: 'figures', why: 'Every total must equal the raw rows to the cent.' },
  'reporting settings': {
    area: 'figures',
    why: 'The ledger counts days of one zone and cents of one currency.',
  },
  journal: { area: 'figures', why: 'Figures stay exact, but slow, while payments wait to be posted.' },
  webhooks: { area: 'intake', why: 'Payments that are not sent are not recorded, and nobody complains.' },
  quarantine: { area: 'intake', why: 'What waits there is no payment yet, and its bytes expire.' },
  'admin key': { area: 'keys', why: 'Quarantine, keys and audit need one.' },
  'key expiry': { area: 'keys', why: 'A caller whose key expires is refused from that moment on.' },
  schedule: { area: 'schedule', why: 'What webhooks have missed is found and mended by it alone.' },
  port: { area: 'port', why: 'The service listens there.' },
} as const satisfies Readonly<Record<string, CheckMeaning>>;

export type Check = keyof typeof CHECKS;

export const CHECK_NAMES: readonly string[] = Object.keys(CHECKS);

export interface Finding {
  readonly level: Level;
  readonly area: Area;
  readonly check: Check;
  /** What was found. */
  readonly what: string;
  readonly why: string;
  /** A command or a setting; null where all is well. */
  readonly mend: string | null;
}

export function ok(check: Check, what: string): Finding {
  return { level: 'ok', check, ...CHECKS[check], what, mend: null };
}

export function warning(check: Check, what: string, mend: string): Finding {
  return { level: 'warning', check, ...CHECKS[check], what, mend };
}

export function problem(check: Check, what: string, mend: string): Finding {
  return { level: 'problem', check, ...CHECKS[check], what, mend };
}
