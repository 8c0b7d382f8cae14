/** The tool catalog: which tools, actions and parameters there are, so that agents can ask. Derived from the program. */
import { fromJson, toFlag, toJson } from '../domain/stored-values.ts';
import type { CatalogAction, CatalogTool } from '../domain/tool-catalog.ts';
import { actionHelp, paramHelp, toolHelp } from '../domain/tool-help.ts';
import { queryAll, queryOne, run, transaction } from './query-helpers.ts';
import { indexDocument, unindexDocuments } from './search-documents.ts';
import type { SearchText } from './search-sources.ts';
import type { ParamRow, ToolActionRow, ToolRow } from './types.ts';

const SEARCH_KIND = 'tool';

/** Makes the tables say exactly this catalog: inserts, updates, and prunes what is not in it. */
export function seedToolCatalog(catalog: readonly CatalogTool[]): void {
  transaction(() => {
    for (const [position, tool] of catalog.entries()) {
      run(
        `INSERT INTO tools (name, position, description, annotations) VALUES (?, ?, ?, ?)
         ON CONFLICT (name) DO UPDATE SET
           position = excluded.position, description = excluded.description, annotations = excluded.annotations`,
        [tool.name, position, tool.description, JSON.stringify(tool.annotations)],
      );
      for (const [index, action] of tool.actions.entries()) seedAction(tool.name, index, action);
    }
    prune(catalog);
    indexTools();
  });
}

/** Writes the search document of every action: its signature, its meaning, its parameters. */
export function indexTools(): void {
  for (const { name } of getTools()) {
    for (const action of getToolActions(name)) indexDocument(SEARCH_KIND, documentId(action), textOf(action));
  }
}

function documentId({ tool_name, name }: Pick<ToolActionRow, 'tool_name' | 'name'>): string {
  return `${tool_name} ${name}`;
}

function textOf(action: ToolActionRow): SearchText {
  const params = getActionParams(action.tool_name, action.name).map(parsed);
  const described = params.flatMap((param) => {
    const about = paramHelp(param);
    return about === '' ? [] : `${param.name}: ${about}`;
  });
  return { title: documentId(action), body: [action.signature, action.description, ...described].join('\n') };
}

/** The tools in their order. */
export function getTools(): ToolRow[] {
  return queryAll<ToolRow>('SELECT * FROM tools ORDER BY position');
}

/** The actions of a tool in their order. */
export function getToolActions(toolName: string): ToolActionRow[] {
  return queryAll<ToolActionRow>('SELECT * FROM tool_actions WHERE tool_name = ? ORDER BY position', [toolName]);
}

/** The parameters of an action in their order. */
export function getActionParams(toolName: string, actionName: string): ParamRow[] {
  return queryAll<ParamRow>(
    'SELECT * FROM tool_action_params WHERE tool_name = ? AND action_name = ? ORDER BY position',
    [toolName, actionName],
  );
}

export interface ToolHelp {
  tool: string;
  description: string;
  actions: ToolActionRow[];
  /** Only where one action was asked for. */
  params?: ParamRow[];
  /** All of it as text: one action with its parameters and an example, or a line for each action. */
  text: string;
}

/** Help on a tool, or on one action of it; null when there is no such tool or action. */
export function getToolHelp(toolName: string, actionName?: string): ToolHelp | null {
  const tool = queryOne<ToolRow>('SELECT * FROM tools WHERE name = ?', [toolName]);
  if (tool === undefined) return null;
  const actions = getToolActions(toolName);
  if (actionName === undefined) {
    return { tool: toolName, description: tool.description, actions, text: toolHelp(tool.description, actions) };
  }
  const action = actions.find(({ name }) => name === actionName);
  if (action === undefined) return null;
  const params = getActionParams(toolName, actionName);
  return {
    tool: toolName,
    description: action.description,
    actions: [action],
    params,
    text: actionHelp(toolName, { ...action, example: JSON.parse(action.example) as object }, params.map(parsed)),
  };
}

function parsed(param: ParamRow) {
  return {
    ...param,
    enum_values: fromJson<string[]>(param.enum_values),
    default_value: fromJson(param.default_value) ?? undefined,
  };
}

function seedAction(toolName: string, position: number, action: CatalogAction): void {
  run(
    `INSERT INTO tool_actions (tool_name, name, position, description, effect, is_core, signature, example)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (tool_name, name) DO UPDATE SET position = excluded.position, description = excluded.description,
       effect = excluded.effect, is_core = excluded.is_core, signature = excluded.signature, example = excluded.example`,
    [
      toolName,
      action.name,
      position,
      action.description,
      action.effect,
      toFlag(action.core),
      action.signature,
      JSON.stringify(action.example),
    ],
  );
  for (const [index, param] of action.params.entries()) {
    run(
      `INSERT INTO tool_action_params (tool_name, action_name, name, position, type, enum_values, required,
         default_value, description, example)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (tool_name, action_name, name) DO UPDATE SET position = excluded.position, type = excluded.type,
         enum_values = excluded.enum_values, required = excluded.required, default_value = excluded.default_value,
         description = excluded.description, example = excluded.example`,
      [
        toolName,
        action.name,
        param.name,
        index,
        param.type,
        toJson(param.enum_values) ?? null,
        toFlag(param.required),
        toJson(param.default_value) ?? null,
        param.description,
        toJson(param.example) ?? null,
      ],
    );
  }
}

function prune(catalog: readonly CatalogTool[]): void {
  const tools = new Map(catalog.map((tool) => [tool.name, tool]));
  for (const { name } of getTools()) {
    const actions = new Map((tools.get(name)?.actions ?? []).map((action) => [action.name, action]));
    for (const action of getToolActions(name)) {
      const params = new Set((actions.get(action.name)?.params ?? []).map((param) => param.name));
      for (const param of getActionParams(name, action.name)) {
        if (params.has(param.name)) continue;
        run('DELETE FROM tool_action_params WHERE tool_name = ? AND action_name = ? AND name = ?', [
          name,
          action.name,
          param.name,
        ]);
      }
      if (actions.has(action.name)) continue;
      run('DELETE FROM tool_actions WHERE tool_name = ? AND name = ?', [name, action.name]);
      unindexDocuments(SEARCH_KIND, [documentId(action)]);
    }
    if (!tools.has(name)) run('DELETE FROM tools WHERE name = ?', [name]);
  }
}
