/** What the doctor looks at inside the database. */
import {
  bringLifeToNow,
  closeGaps,
  correctEdges,
  deleteLostRows,
  driftText,
  dropSlowStatistics,
  findBrokenReferences,
  findClockBehind,
  findDamage,
  findDrift,
  findFutureLife,
  findGaps,
  findLostRows,
  findSearchFaults,
  findStaleClaims,
  findWrongEdges,
  giveBackStaleClaims,
  hasSlowStatistics,
  isFullTextDamage,
  isIndexDamage,
  isPageDamage,
  isRepairable,
  rebuildIndexes,
  rebuildSearchIndex,
  repairBrokenReferences,
  repairDrift,
  scrub,
  scrubRequestedAt,
} from '../db/index.ts';
import type { Check } from './doctor.ts';

/** Found in words, all mended by one repair. */
function mendable(check: string, find: () => string[], means: string, fix: string, repair: () => void): Check {
  return { check, look: () => found(find()).map((what) => ({ what, means, fix, repair })) };
}

const SHOWN = 10;

/** A few of many, and how many more there are. */
function found(all: readonly string[]): string[] {
  return all.length <= SHOWN ? [...all] : [...all.slice(0, SHOWN), `… and ${all.length - SHOWN} more of the kind`];
}

/** Damage of what can be made again from the rows, and of what may be. */
const DAMAGES = [
  {
    covers: isFullTextDamage,
    means: 'The full text of the search is damaged: nothing else is.',
    fix: 'makes the search index again',
    repair: rebuildSearchIndex,
  },
  {
    covers: isIndexDamage,
    means: 'An index does not say what its rows say: reads may miss rows.',
    fix: 'makes all indexes again',
    repair: rebuildIndexes,
  },
  {
    covers: isPageDamage,
    means:
      'Pages of the file are damaged: of indexes, which can be made again, or of rows, for which only a copy helps.',
    fix: 'makes all indexes again, if that is enough; if not, put a copy back with project-memory restore',
    repair: rebuildIndexes,
  },
];

const ODD_ROWS = {
  means: 'Somebody has written past this program what its rules of the data do not allow.',
  fix: null,
};

/** In the order in which they have to be mended: first the file and its schema, then the rows, then what follows from them. */
export const DATABASE_CHECKS: readonly Check[] = [
  {
    check: 'schema',
    look: () => {
      const drifts = findDrift();
      return drifts.map((drift) => ({
        what: driftText(drift),
        means:
          drift.how === 'unknown'
            ? 'Somebody has added it; upgrades may fail over it.'
            : 'The schema is not the one of this version: rules of the data, or speed, are missing.',
        fix: isRepairable(drift) ? 'makes it as this version has it' : null,
        ...(isRepairable(drift) ? { repair: () => repairDrift([drift]) } : {}),
      }));
    },
  },
  {
    check: 'statistics',
    look: () =>
      hasSlowStatistics()
        ? [
            {
              what: 'the table sqlite_stat4 is there',
              means:
                'Somebody has run ANALYZE: every statement is prepared anew at each call, three to four times slower.',
              fix: 'drops that table; servers have to be started again to notice',
              repair: dropSlowStatistics,
            },
          ]
        : [],
  },
  {
    check: 'integrity',
    look: () => {
      const damage = findDamage();
      const kind = DAMAGES.find(({ covers }) => covers(damage)) ?? ODD_ROWS;
      return found(damage).map((what) => ({ what, ...kind }));
    },
  },
  mendable(
    'references',
    findBrokenReferences,
    'A row refers to one that is not there: it belongs to nothing.',
    'clears the reference, or deletes the row where it cannot be without',
    repairBrokenReferences,
  ),
  mendable(
    'orphans',
    findLostRows,
    'It belongs to something that is not there any more, and nobody will ever see it.',
    'deletes it',
    deleteLostRows,
  ),
  mendable('order', findGaps, 'Inserting and moving count on places without gaps.', 'numbers them again', closeGaps),
  mendable(
    'edges',
    findWrongEdges,
    'A step may be handed out too early, or never.',
    'lets the dependency follow its target',
    correctEdges,
  ),
  mendable(
    'claims',
    findStaleClaims,
    'The step looks taken, and nobody is at it.',
    'gives the step back, so that anybody can take it',
    giveBackStaleClaims,
  ),
  mendable(
    'times',
    findFutureLife,
    'A clock was wrong: it would keep a dead session alive until then.',
    'sets it to now',
    bringLifeToNow,
  ),
  {
    check: 'clock',
    look: () => {
      const at = findClockBehind();
      const means =
        'The clock of this machine is behind, or was ahead then: new entries will look older than old ones.';
      return at === null
        ? []
        : [{ what: `the latest change was recorded at ${at}, which is to come`, means, fix: null }];
    },
  },
  mendable(
    'search',
    findSearchFaults,
    'Search misses something, or finds what is not there.',
    'makes the index again',
    rebuildSearchIndex,
  ),
  {
    check: 'purge',
    look: () => {
      const at = scrubRequestedAt();
      const means = 'What was purged then may still lie in free places of the file or in its log.';
      const fix = 'writes the file anew and empties the log';
      return at === null ? [] : [{ what: `the purge of ${at} is not finished`, means, fix, repair: scrub }];
    },
  },
];
