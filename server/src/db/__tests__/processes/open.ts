/** Opens one database file after the other, with another folder of migrations if one is given, and says their versions. */
import { delimiter } from 'node:path';
import { openDatabase } from '../../connection.ts';
import { say, waitForStart } from './barrier.ts';

const [files = '', migrations] = process.argv.slice(2);
await waitForStart();
for (const file of files.split(delimiter)) {
  const db = openDatabase(file, migrations === undefined ? {} : { migrations });
  await say(String(db.pragma('user_version', { simple: true })));
  db.close();
}
