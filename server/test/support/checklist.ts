/** A plan in Markdown, read line by line and without any library: what the importer is compared with. */

interface ChecklistStep {
  phase: string;
  task: string;
  done: boolean;
}

export interface Checklist {
  title: string;
  phases: string[];
  steps: ChecklistStep[];
}

/** Knows headings, bold lines before a list, and checkboxes outside fences; nothing else. Sections of goals hold no steps. */
export function readChecklist(markdown: string): Checklist {
  const list: Checklist = { title: '', phases: [], steps: [] };
  let heading = '';
  let fenced = false;
  for (const line of markdown.split('\n')) {
    if (/^\s*```/.test(line)) fenced = !fenced;
    if (fenced) continue;
    const title = /^#+ (.+)$/.exec(line)?.[1];
    const bold = /^\*\*([^*]+?):?\*\*$/.exec(line)?.[1];
    if (title !== undefined && list.title === '') list.title = title;
    else if (title !== undefined || bold !== undefined) heading = title ?? bold ?? '';
    const [, box, task] = /^\s*- \[([ xX])\] (.+)$/.exec(line) ?? [];
    if (task === undefined || /^(goals?|success criteria)$/i.test(heading)) continue;
    list.steps.push({ phase: heading, task, done: box !== ' ' });
    if (list.phases.at(-1) !== heading) list.phases.push(heading);
  }
  return list;
}
