/** What the doctor knows when it judges. Plain data: a test makes a healthy one and alters a single fact. */

export interface SettingFacts {
  /** What the settings' own check says of them. */
  readonly problems: readonly string[];
  readonly unknown: readonly string[];
  readonly host: string;
  readonly port: number;
  readonly metrics: 'open' | 'admin' | 'off';
  readonly clockSkewS: number;
  readonly batchBytes: number;
  readonly acceptWeakDurability: boolean;
}

export interface SecretFact {
  /** As the settings name it: `FARELOG_SEAL_KEY`. */
  readonly setting: string;
  /** `given` in the environment, in a file that a setting names, or in one that Farelog made. */
  readonly from: 'environment' | 'file' | 'made' | 'nowhere';
  /** Where the file stands, or would be made. */
  readonly path: string | null;
  /** Permission bits, and those of its folder where Farelog made it. */
  readonly mode: number | null;
  readonly folderMode: number | null;
  readonly empty: boolean;
}

export interface DiskFacts {
  readonly folder: string;
  readonly holds: 'database' | 'secrets';
  readonly freeBytes: number;
  /** The kernel's number of the kind of file system; null where it cannot be told. */
  readonly kind: number | null;
  /** Of the write-ahead log beside an SQLite database. */
  readonly walBytes: number | null;
}

/** Who has the port: nobody, a Farelog that is ready or not, another program; or why it could not be told. */
export type PortFact = 'free' | 'ready' | 'not ready' | 'taken' | { readonly error: string };

export interface SqliteFacts {
  readonly dialect: 'sqlite';
  readonly version: string;
  readonly journalMode: string;
  readonly bytes: number;
}

export interface MysqlFacts {
  readonly dialect: 'mysql';
  /** Variables by their names in lower case; one that this server does not know is missing. */
  readonly global: Readonly<Record<string, string>>;
  readonly session: Readonly<Record<string, string>>;
  /** How far the server's clock is ahead of this machine's. */
  readonly clockAheadMs: number;
  readonly bytes: number;
}

export interface SchemaFacts {
  readonly pending: readonly string[];
  /** Applied, and unknown to this version of Farelog. */
  readonly unknown: readonly string[];
}

export interface MoneyFacts {
  readonly payments: number;
  readonly minor: string;
}

export interface KeyFact {
  readonly name: string;
  readonly role: string;
  readonly expiresMs: number | null;
  readonly revoked: boolean;
}

export interface JobFact {
  readonly name: string;
  /** When the settings at hand have it due, and when the service that started last has. */
  readonly schedule: string;
  readonly scheduleInUse: string | null;
  /** In a row. */
  readonly failures: number;
  readonly lastMessage: string | null;
  /** Since when it is late with nobody at it; null where it is not. */
  readonly overdueMs: number | null;
  readonly lastDoneMs: number | null;
}

export interface ContentFacts {
  readonly table: MoneyFacts;
  readonly ledger: MoneyFacts;
  /** Settings that the ledger was made with and that are others now: name, before, now. */
  readonly changedSettings: readonly (readonly [string, string, string])[];
  readonly journal: { readonly payments: number; readonly oldestMs: number | null };
  readonly newestCaptureMs: number | null;
  readonly paymentsLastWeek: number;
  readonly lastWebhookHourS: number | null;
  readonly silence: { readonly alarm: boolean; readonly reason: string };
  readonly quarantine: {
    readonly deliveries: number;
    readonly oldestMs: number | null;
    readonly firstExpiryMs: number | null;
  };
  /** The key that named the riders here, and the one at hand. */
  readonly ridersNamedBy: string | null;
  readonly pseudonymKeyId: string | null;
  readonly keys: readonly KeyFact[];
  /** Those that the settings at hand schedule. */
  readonly jobs: readonly JobFact[];
}

export type DatabaseFacts =
  /** An SQLite file that the first start will make. */
  | { readonly state: 'absent'; readonly path: string }
  | { readonly state: 'down'; readonly error: string }
  | {
      readonly state: 'up';
      readonly server: SqliteFacts | MysqlFacts;
      readonly schema: SchemaFacts;
      /** Null where migrations are pending; or why the tables could not be read. */
      readonly contents: ContentFacts | null | { readonly error: string };
    };

export interface Facts {
  /** Milliseconds since 1970, by this machine's clock. */
  readonly nowMs: number;
  readonly node: string;
  readonly settings: SettingFacts;
  readonly secrets: readonly SecretFact[];
  /** Of an SQLite database, and of secrets that Farelog makes where they stand elsewhere. */
  readonly disks: readonly DiskFacts[];
  readonly port: PortFact;
  readonly database: DatabaseFacts;
}
