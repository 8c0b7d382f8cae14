/** Commits one workspace after the other below a path, without end. */
import { openDatabase, setDb } from '../../connection.ts';
import { createWorkspace } from '../../workspace-db.ts';
import { waitForStart } from './barrier.ts';

const [file = '', path = ''] = process.argv.slice(2);
setDb(openDatabase(file));
await waitForStart();
for (let number = 0; ; number++) createWorkspace({ path: `${path}/${number}` });
