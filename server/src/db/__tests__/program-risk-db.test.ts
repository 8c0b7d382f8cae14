import { expect, test } from 'vitest';
import { createProgram, deleteProgram } from '../program-db.ts';
import { addRisk, getRisk, listRisks, updateRisk } from '../program-risk-db.ts';
import { deleteWorkspace } from '../workspace-db.ts';
import { aWorkspace, countRows, refusal, withTestDatabase } from './fixtures.ts';

const aProgram = () => createProgram(aWorkspace().id, { title: 'Program' });
const RISK = { risk_type: 'dependency_risk', title: 'It rains' } as const;

test('a risk with only a type and a title is of medium severity, identified and found by hand', () =>
  withTestDatabase(() => {
    const program = aProgram();
    const risk = addRisk(program.id, RISK);
    expect(listRisks(program.id)).toEqual([risk]);
    expect(getRisk(risk.id)).toEqual(risk);
    expect(getRisk('risk_none')).toBeNull();
    expect(risk).toMatchObject({
      ...RISK,
      severity: 'medium',
      risk_status: 'identified',
      detected_by: 'manual',
      description: null,
      mitigation: null,
      source_plan_id: null,
    });
  }));

test('a risk is stored with every field that is given', () =>
  withTestDatabase(() => {
    const fields = {
      id: 'risk_old',
      risk_type: 'behavioral_change',
      severity: 'critical',
      risk_status: 'accepted',
      title: 'Other colour',
      description: 'Grey',
      mitigation: 'Ask',
      detected_by: 'auto',
      source_plan_id: 'plan_1',
      created_at: '2020-01-01T00:00:00.000Z',
    } as const;
    expect(addRisk(aProgram().id, fields)).toMatchObject({ ...fields, updated_at: fields.created_at });
  }));

test('risks are listed most severe first, then in the order they were added, of one status if asked', () =>
  withTestDatabase(() => {
    const program = aProgram();
    for (const severity of ['low', 'high', 'medium', 'critical', 'high'] as const) {
      addRisk(program.id, { ...RISK, severity, title: `${severity} ${countRows('program_risks')}` });
    }
    addRisk(aProgram().id, RISK);
    const titles = ['critical 3', 'high 1', 'high 4', 'medium 2', 'low 0'];
    expect(listRisks(program.id).map(({ title }) => title)).toEqual(titles);
    updateRisk(listRisks(program.id)[1]?.id ?? '', { risk_status: 'resolved' });
    expect(listRisks(program.id, 'resolved').map(({ title }) => title)).toEqual(['high 1']);
    expect(listRisks(program.id, 'identified')).toHaveLength(4);
  }));

test('an update changes what is named, and null clears', () =>
  withTestDatabase(() => {
    const risk = addRisk(aProgram().id, { ...RISK, mitigation: 'A tent' });
    expect(updateRisk(risk.id, { severity: 'high', risk_status: 'mitigated' })).toMatchObject({
      severity: 'high',
      risk_status: 'mitigated',
      mitigation: 'A tent',
    });
    expect(updateRisk(risk.id, { mitigation: null })).toMatchObject({ severity: 'high', mitigation: null });
  }));

test('an unknown program, an unknown risk and words that are none are refused', () =>
  withTestDatabase(() => {
    const program = aProgram();
    expect(refusal(() => addRisk('prog_x', RISK))).toMatchObject({ code: 'invalid_input' });
    expect(refusal(() => addRisk(program.id, { ...RISK, severity: 'huge' as 'high' }))).toMatchObject({
      code: 'invalid_input',
    });
    expect(refusal(() => updateRisk('risk_x', { severity: 'low' }))).toMatchObject({ code: 'not_found' });
    expect(countRows('program_risks')).toBe(0);
  }));

test('risks go with their program, and with its workspace', () =>
  withTestDatabase(() => {
    const [first, second] = [aProgram(), aProgram()];
    for (const { id } of [first, second]) addRisk(id, RISK);
    deleteProgram(first.id);
    expect(countRows('program_risks')).toBe(1);
    deleteWorkspace(second.workspace_id);
    expect(countRows('program_risks')).toBe(0);
  }));
