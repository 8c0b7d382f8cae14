/** The closed sets of words. The schema's CHECKs, the catalog's enums and the types all speak these; a test compares them. */

export const PLAN_STATUSES = ['active', 'paused', 'blocked', 'completed', 'failed', 'archived'] as const;
export const PROGRAM_STATUSES = ['active', 'paused', 'completed', 'archived'] as const;
export const CATEGORIES = [
  'feature',
  'bugfix',
  'refactor',
  'orchestration',
  'program',
  'quick_task',
  'advisory',
] as const;
export const PRIORITIES = ['low', 'medium', 'high', 'critical'] as const;
export const EXECUTIONS = ['phased', 'free'] as const;
export const STEP_STATUSES = ['pending', 'active', 'done', 'blocked'] as const;
export const STEP_TYPES = [
  'standard',
  'analysis',
  'validation',
  'user_validation',
  'complex',
  'critical',
  'build',
  'fix',
  'refactor',
  'confirmation',
  'research',
  'planning',
  'code',
  'test',
  'documentation',
] as const;
export const NOTE_TYPES = ['info', 'warning', 'instruction'] as const;
export const NOTE_AUTHORS = ['user', 'agent'] as const;
export const SESSION_STATUSES = ['open', 'completed', 'orphaned'] as const;
export const PARENT_TYPES = ['workspace', 'plan', 'phase', 'step'] as const;
export const SOURCES = ['user', 'agent', 'repo', 'tool', 'web'] as const;
export const NODE_TYPES = ['plan', 'phase', 'step'] as const;
export const DEPENDENCY_TYPES = ['blocks', 'informs'] as const;
export const DEPENDENCY_STATUSES = ['pending', 'satisfied'] as const;
export const RISK_TYPES = ['functional_conflict', 'behavioral_change', 'dependency_risk'] as const;
export const RISK_STATUSES = ['identified', 'mitigated', 'accepted', 'resolved'] as const;
export const RISK_DETECTORS = ['auto', 'manual'] as const;
export const CONTENT_ORIGINS = ['default', 'user'] as const;
export const PATH_KINDS = ['path', 'legacy_id'] as const;
export const CONFIRMATION_SCOPES = ['phase', 'step'] as const;

export type PlanStatus = (typeof PLAN_STATUSES)[number];
export type ProgramStatus = (typeof PROGRAM_STATUSES)[number];
export type Category = (typeof CATEGORIES)[number];
export type Priority = (typeof PRIORITIES)[number];
export type Execution = (typeof EXECUTIONS)[number];
export type StepStatus = (typeof STEP_STATUSES)[number];
export type StepType = (typeof STEP_TYPES)[number];
export type NoteType = (typeof NOTE_TYPES)[number];
export type NoteAuthor = (typeof NOTE_AUTHORS)[number];
export type SessionStatus = (typeof SESSION_STATUSES)[number];
export type ParentType = (typeof PARENT_TYPES)[number];
export type Source = (typeof SOURCES)[number];
export type NodeType = (typeof NODE_TYPES)[number];
export type DependencyType = (typeof DEPENDENCY_TYPES)[number];
export type DependencyStatus = (typeof DEPENDENCY_STATUSES)[number];
export type RiskType = (typeof RISK_TYPES)[number];
export type RiskStatus = (typeof RISK_STATUSES)[number];
export type RiskDetector = (typeof RISK_DETECTORS)[number];
export type ContentOrigin = (typeof CONTENT_ORIGINS)[number];
export type PathKind = (typeof PATH_KINDS)[number];
/** The kinds of which ids are offered while one is typed. */
export type OfferedKind = 'plan' | 'step' | 'context';
