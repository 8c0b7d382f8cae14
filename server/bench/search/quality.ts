/** How well a system answers questions. */
import type { Question } from './questions.ts';
import type { System } from './systems.ts';

export interface Quality {
  name: string;
  /** Share of the answers among the first 5, and 10; averaged over the questions. */
  recall5: number;
  recall10: number;
  /** One divided by the place of the first answer, 0 beyond the first 10; averaged. */
  mrr: number;
}

/** `names`: the id of a row → what the questions call it. */
export function qualityOf(system: System, questions: readonly Question[], names: ReadonlyMap<string, string>): Quality {
  const scores = questions.map(({ query, answers }) => {
    const found = system.find(query, 10).map((id) => names.get(id) ?? '');
    const within = (n: number) =>
      answers.filter((answer) => found.slice(0, n).includes(answer)).length / answers.length;
    const first = found.findIndex((id) => answers.includes(id));
    return { recall5: within(5), recall10: within(10), mrr: first === -1 ? 0 : 1 / (first + 1) };
  });
  const mean = (key: keyof (typeof scores)[number]) =>
    scores.reduce((sum, score) => sum + score[key], 0) / Math.max(1, scores.length);
  return { name: system.name, recall5: mean('recall5'), recall10: mean('recall10'), mrr: mean('mrr') };
}
