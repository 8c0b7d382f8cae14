/** Opens a database file, with another folder of migrations if one is given, and says its schema version. */
import { openDatabase } from '../../connection.ts';
import { say, waitForStart } from './barrier.ts';

const [file = '', migrations] = process.argv.slice(2);
await waitForStart();
const db = openDatabase(file, migrations === undefined ? {} : { migrations });
await say(String(db.pragma('user_version', { simple: true })));
db.close();
