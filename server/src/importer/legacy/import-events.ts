/** Writes the events of a data root: a file each, and the log of the same, of which only what no file has is new. */
import { join } from 'node:path';
import { getWorkspace } from '../../db/index.ts';
import type { JsonObject } from '../../domain/stored-values.ts';
import { leftoversOf, metaJson } from '../leftovers.ts';
import type { Tally } from '../report.ts';
import { listFolder, modifiedAt, parseJson, readJson, readText } from '../source-files.ts';
import { keyOf, SourceFile } from '../sources.ts';
import { field, isObject, textOrNull } from '../values.ts';
import { Writer } from '../write.ts';
import { ownId } from './import-plan-children.ts';
import { readFileOf, skipFile } from './place.ts';
import { eventColumns, eventElement } from './program-record.ts';
import { kindOf } from './survey.ts';

const LOG = 'events/events.log';

export function importEvents(root: string, tally: Tally, onFile: () => void): void {
  const at = { tally, onFile };
  const writer = new Writer(null, tally);
  const seen = new Set<string>();
  const put = (path: string, element: JsonObject, position: number, key: string, notes: JsonObject) => {
    const said = textOrNull(field(element, 'workspace_id'));
    const workspaceId = said === null ? null : (getWorkspace(said)?.id ?? said);
    const columns = eventColumns(element, modifiedAt(join(root, path)));
    const id = ownId(element, 'id');
    const left = leftoversOf(element, eventElement(columns, id?.value ?? null, workspaceId), {
      ...notes,
      ...(id === undefined ? { no_id: true } : {}),
    });
    writer.put(
      {
        kind: 'events',
        table: 'event_log',
        id,
        values: { ...columns, workspace_id: workspaceId, meta: metaJson(left) },
      },
      new SourceFile(null, path).place('events', key, position),
    );
  };

  for (const name of listFolder(join(root, 'events')).files) {
    const path = `events/${name}`;
    if (path === LOG) continue;
    if (!name.endsWith('.json')) skipFile(at, path, 'not an event');
    else {
      readFileOf(
        at,
        path,
        'events',
        () => readJson(join(root, path)),
        (element) => {
          if (!isObject(element)) {
            tally.skip({ kind: 'events', path, reason: `is ${kindOf(element)}`, error: true });
            return;
          }
          seen.add(ownId(element, 'id')?.value ?? keyOf(element));
          const id = ownId(element, 'id')?.value;
          put(path, element, 0, '', id !== undefined && name !== `${id}.json` ? { file: name } : {});
        },
      );
    }
  }
  if (!listFolder(join(root, 'events')).files.includes('events.log')) return;
  readFileOf(
    at,
    LOG,
    'events',
    () => readText(join(root, LOG)),
    (text) => {
      for (const [position, line] of text.split(/\r?\n/).entries()) {
        if (line.trim() === '') continue;
        const read = parseJson(line);
        if (!read.ok || !isObject(read.value)) {
          const reason = read.ok ? `is ${kindOf(read.value)}` : read.reason;
          tally.skip({ kind: 'events', path: LOG, position, reason, error: true });
          continue;
        }
        const key = ownId(read.value, 'id')?.value ?? keyOf(read.value);
        // The log repeats what the files say.
        if (seen.has(key)) tally.count('repeated_events', 'unchanged');
        else {
          seen.add(key);
          put(LOG, read.value, position, key, { from_log: true });
        }
      }
    },
  );
}
