/** Sets of questions with the ids that answer each, some of them kept apart for the test. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Question {
  part: 'tune' | 'test';
  query: string;
  answers: readonly string[];
}

export interface QuestionSet {
  asked: string;
  questions: readonly Question[];
}

export function readQuestions(name: 'own' | 'real'): QuestionSet {
  return JSON.parse(readFileSync(join(import.meta.dirname, `questions-${name}.json`), 'utf8')) as QuestionSet;
}
