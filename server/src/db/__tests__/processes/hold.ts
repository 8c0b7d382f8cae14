/** Reads a file that is not yet in WAL mode and keeps its lock for a while: nobody can switch the file meanwhile. */
import Driver from 'better-sqlite3';
import { say, waitForStart } from './barrier.ts';

const [file = '', milliseconds = ''] = process.argv.slice(2);
const db = new Driver(file);
db.exec('BEGIN; SELECT * FROM sqlite_schema');
await waitForStart();
setTimeout(() => void say('over').then(() => db.close()), Number(milliseconds));
