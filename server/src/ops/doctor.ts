/** The doctor: looks at everything that can be wrong, says what it means, and mends what can be mended without a choice. */
import { getDb } from '../db/index.ts';
import { MemoryError } from '../domain/errors.ts';
import { DATABASE_CHECKS } from './doctor-database.ts';
import { MACHINE_CHECKS } from './doctor-machine.ts';

export interface Finding {
  /** What was looked at: `schema`, `order`, `permissions` … */
  check: string;
  what: string;
  means: string;
  /** What `--fix` does about it; null where a person has to choose. */
  fix: string | null;
}

export interface Check {
  check: string;
  look: () => (Omit<Finding, 'check'> & { repair?: () => void })[];
}

export interface Diagnosis {
  /** What was looked at, in order. */
  checks: string[];
  /** What was found and is still so. */
  findings: Finding[];
  /** What was found and has been mended. */
  fixed: Finding[];
}

/** Looks, and with `fix` mends what it can and looks again. What could not be looked at is a finding too. */
export function diagnose({ fix }: { fix: boolean }): Diagnosis {
  const unopened = openingFault();
  const checks = unopened === null ? [...DATABASE_CHECKS, ...MACHINE_CHECKS] : MACHINE_CHECKS;
  const looked = checks.map(({ check }) => check);
  const opening = unopened === null ? [] : [unopened];
  const before = checks.flatMap(lookAt);
  let after = before;
  let failed = new Set<string>();
  // What was mended can bring to light, or let be mended, what could not be looked at before.
  for (let round = 0; fix && round < ROUNDS && (round === 0 || after.some(({ repair }) => repair)); round++) {
    const tried = mendAll(after);
    failed = tried.failed;
    after = [...tried.failures, ...checks.flatMap(lookAt)];
  }
  const still = new Set(after.map(nameOf));
  return {
    checks: ['opening', ...looked],
    findings: [
      ...opening,
      ...after.map((finding) => plain(failed.has(nameOf(finding)) ? { ...finding, fix: null } : finding)),
    ],
    fixed: before.filter((finding) => !still.has(nameOf(finding))).map(plain),
  };
}

const ROUNDS = 3;

type Found = Finding & { repair?: () => void };

/** What is the same in two looks: repairs may be made anew each time. */
function nameOf({ check, what }: Finding): string {
  return `${check} ${what}`;
}

function lookAt({ check, look }: Check): Found[] {
  return guarded(check, () => look().map((found) => ({ check, ...found })));
}

/**
 * Does each repair once, however many findings it mends. What cannot be mended is a finding of its own, and the others are
 * mended all the same.
 */
function mendAll(found: readonly Found[]): { failures: Found[]; failed: Set<string> } {
  const tried = new Map<() => void, Found[]>();
  const failed = new Set<string>();
  for (const finding of found) {
    const { check, repair } = finding;
    if (repair === undefined) continue;
    const said =
      tried.get(repair) ??
      guarded(check, () => {
        repair();
        return [];
      });
    tried.set(repair, said);
    if (said.length > 0) failed.add(nameOf(finding));
  }
  return { failures: [...tried.values()].flat(), failed };
}

/** What cannot be looked at, since the file is in no state for it, is said as well. */
function guarded(check: string, look: () => Found[]): Found[] {
  try {
    return look();
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const means = 'This could not be looked at, or mended; what else was found may be why.';
    return [{ check, what: error instanceof MemoryError ? error.sentence : error.message, means, fix: null }];
  }
}

function openingFault(): Finding | null {
  const [fault] = guarded('opening', () => {
    getDb();
    return [];
  });
  return fault === undefined ? null : { ...fault, means: 'The database cannot be opened for work.' };
}

function plain({ check, what, means, fix }: Found): Finding {
  return { check, what, means, fix };
}
