// Another process: holds the write lock of the SQLite file it is given until its standard input ends.
import Database from 'better-sqlite3';

const db = new Database(process.argv[2]);
db.exec('BEGIN IMMEDIATE');
process.stdout.write('locked\n');
process.stdin.resume().on('end', () => {
  db.exec('COMMIT');
  db.close();
});
