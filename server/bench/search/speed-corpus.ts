/** A large database: items of a kilobyte whose words are as frequent as in a corpus, so that its questions find as much. */
import { createPlan, createWorkspace, storeContext, transaction } from '../../src/db/index.ts';
import type { Item } from './items.ts';

const ITEM_LENGTH = 1_000;
const ITEMS_ON_A_PLAN = 100;

/** Stores `count` generated context items, a hundred on each plan; the same ones each time. */
export function loadGenerated(count: number, corpus: readonly Item[]): void {
  const words = vocabularyOf(corpus);
  const random = randomFrom(20_261_127);
  const workspace = transaction(() => createWorkspace({ path: '/bench/generated' }).id);
  for (let first = 0; first < count; first += ITEMS_ON_A_PLAN) {
    transaction(() => {
      const { id } = createPlan({ workspace_id: workspace, title: `Plan ${first}`, category: 'quick_task' });
      for (let n = first; n < Math.min(count, first + ITEMS_ON_A_PLAN); n++) {
        storeContext('plan', id, 'finding', { text: textOf(words, random) });
      }
    });
  }
}

/** Every word of a corpus as often as it stands there. */
export function vocabularyOf(corpus: readonly Item[]): string[] {
  return corpus.flatMap(({ title, body, data }) =>
    `${title}\n${body}\n${data === undefined ? '' : JSON.stringify(data)}`.split(/[\s"{}[\],]+/),
  );
}

/** A text of a kilobyte. */
export function textOf(words: readonly string[], random: () => number): string {
  let text = '';
  while (text.length < ITEM_LENGTH) text += `${words[Math.floor(random() * words.length)]} `;
  return text.slice(0, ITEM_LENGTH);
}

/** A row of numbers from 0 to 1 that is the same for the same seed (xorshift). */
export function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}
