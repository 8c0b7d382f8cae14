/** Risks of a program. */
import { now } from '../domain/clock.ts';
import { notFound } from '../domain/errors.ts';
import { newId } from '../domain/ids.ts';
import type { Some } from '../domain/stored-values.ts';
import type { Priority, RiskDetector, RiskStatus, RiskType } from '../domain/vocabulary.ts';
import { queryAll, queryOne } from './query-helpers.ts';
import type { ProgramRiskRow } from './types.ts';
import { insertRow, updateRow } from './write-helpers.ts';

export interface NewRisk {
  risk_type: RiskType;
  severity?: Priority | undefined;
  risk_status?: RiskStatus | undefined;
  title: string;
  description?: string | null | undefined;
  mitigation?: string | null | undefined;
  detected_by?: RiskDetector | undefined;
  source_plan_id?: string | null | undefined;
  /** For imported risks. */
  id?: string | undefined;
  created_at?: string | undefined;
}

/** @throws invalid_input when the program does not exist. */
export function addRisk(programId: string, data: NewRisk): ProgramRiskRow {
  const created = data.created_at ?? now();
  return insertRow('program_risks', {
    ...data,
    id: data.id ?? newId('risk'),
    program_id: programId,
    created_at: created,
    updated_at: created,
  });
}

export function getRisk(id: string): ProgramRiskRow | null {
  return queryOne<ProgramRiskRow>('SELECT * FROM program_risks WHERE id = ?', [id]) ?? null;
}

/** @throws not_found */
export function updateRisk(
  id: string,
  data: Some<Pick<NewRisk, 'risk_status' | 'severity' | 'mitigation'>>,
): ProgramRiskRow {
  const risk = updateRow('program_risks', id, ['risk_status', 'severity', 'mitigation'], data);
  if (risk === undefined) throw notFound('risk', id);
  return risk;
}

/** The risks of a program, most severe first, then in the order they were added; of one status, if given. */
export function listRisks(programId: string, status?: RiskStatus): ProgramRiskRow[] {
  const condition = status === undefined ? '' : ' AND risk_status = ?';
  return queryAll<ProgramRiskRow>(
    `SELECT * FROM program_risks WHERE program_id = ?${condition}
     ORDER BY CASE severity WHEN 'critical' THEN 0 WHEN 'high' THEN 1 WHEN 'medium' THEN 2 ELSE 3 END, seq`,
    status === undefined ? [programId] : [programId, status],
  );
}
