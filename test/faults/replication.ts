/**
 * MariaDB servers that replicate by GTID and can take each other's place. Every member keeps the whole binary log, its
 * replicated part too, so that an empty server can follow it from the beginning.
 */
import { rm } from 'node:fs/promises';
import { createConnection, type RowDataPacket } from 'mysql2/promise';
import { onTestFinished } from 'vitest';
import { MARIADB_MISSING, startMariadb } from '../support/mariadb.js';
import { until } from '../support/promises.js';
import { temporaryFolder } from '../support/service.js';

/** How a primary waits for its replica; the guide for operators tells the same settings. */
export const KEEPS_THE_PROMISE: readonly string[] = [
  '--rpl-semi-sync-master-wait-point=AFTER_SYNC',
  // As good as for ever: a primary whose replica is gone acknowledges nothing.
  '--rpl-semi-sync-master-timeout=4294967295',
  '--rpl-semi-sync-master-wait-no-slave=ON',
];

export interface Member {
  readonly port: number;
  /** Runs statements as root, on one connection. */
  run(...statements: readonly string[]): Promise<RowDataPacket[]>;
  /** SIGKILL, and its files are gone with it: the machine is lost. */
  lose(): Promise<void>;
}

let members = 0;

/** Starts an empty member. It is read-only until it is promoted, but for root. */
export async function startMember(settings: readonly string[]): Promise<Member> {
  const folder = temporaryFolder();
  const server = await startMariadb(
    [
      `--server-id=${++members}`,
      '--log-bin=binlog',
      '--relay-log=relay',
      '--log-slave-updates',
      '--binlog-format=ROW',
      '--sync-binlog=1',
      '--gtid-strict-mode=ON',
      '--read-only=ON',
      '--rpl-semi-sync-slave-enabled=ON',
      ...settings,
    ],
    folder,
  );
  if (server === undefined) throw new Error(MARIADB_MISSING);
  onTestFinished(() => server.kill());
  const run = async (...statements: readonly string[]): Promise<RowDataPacket[]> => {
    const connection = await createConnection(server.adminUrl);
    try {
      let rows: RowDataPacket[] = [];
      for (const sql of statements) [rows] = await connection.query<RowDataPacket[]>(sql);
      return rows;
    } finally {
      await connection.end();
    }
  };
  return {
    port: Number(new URL(server.adminUrl).port),
    run,
    lose: async () => {
      await server.kill();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function statusOf(member: Member): Promise<RowDataPacket | undefined> {
  return (await member.run('SHOW SLAVE STATUS'))[0];
}

/** Makes a member follow another from where it is, and waits until the stream runs. */
export async function follow(replica: Member, primary: Member): Promise<void> {
  await replica.run(
    `CHANGE MASTER TO MASTER_HOST='127.0.0.1', MASTER_PORT=${primary.port}, MASTER_USER='root', MASTER_PASSWORD='',
      MASTER_CONNECT_RETRY=1, MASTER_USE_GTID=slave_pos`,
    'START SLAVE',
  );
  await until(async () => {
    const status = await statusOf(replica);
    if (Number(status?.Last_IO_Errno) > 0 || Number(status?.Last_SQL_Errno) > 0)
      throw new Error(`the replica does not follow: ${status?.Last_IO_Error} ${status?.Last_SQL_Error}`);
    return status?.Slave_IO_Running === 'Yes' && status.Slave_SQL_Running === 'Yes' ? true : undefined;
  });
}

/**
 * Makes a replica the primary, as an operator does: everything that it has received is applied first, which is what
 * the lost primary was told had arrived. What of a transaction arrived in part was never acknowledged.
 */
export async function promote(replica: Member, waits = true): Promise<void> {
  await replica.run('STOP SLAVE IO_THREAD');
  await until(async () => {
    const status = await statusOf(replica);
    if (Number(status?.Last_SQL_Errno) > 0)
      throw new Error(`the replica cannot apply: ${status?.Last_SQL_Error}`);
    return String(status?.Slave_SQL_Running_State).startsWith('Slave has read all relay log')
      ? true
      : undefined;
  });
  await replica.run('STOP SLAVE', 'RESET SLAVE ALL');
  await open(replica, waits);
}

/**
 * Makes a member writable. Only now may it begin to wait for a replica: one that waits while it follows waits with
 * what it applies, too, for a replica of its own, and comes to a halt.
 */
export async function open(primary: Member, waits = true): Promise<void> {
  const wait = `SET GLOBAL rpl_semi_sync_master_enabled = ${waits ? 'ON' : 'OFF'}`;
  await primary.run(wait, 'SET GLOBAL read_only = OFF');
}

/** Whether the primary holds back an acknowledgement because no replica has told that it has the transaction. */
export async function isHoldingBack(primary: Member): Promise<boolean> {
  const [row] = await primary.run("SHOW STATUS LIKE 'Rpl_semi_sync_master_wait_sessions'");
  return Number(row?.Value) > 0;
}
